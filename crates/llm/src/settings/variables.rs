//! The variables `ERRAND_LLM_…`: the model called `default`, or parts of it.

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{DEFAULT, ModelSettings, Problem, Settings};

/// What their names begin with.
pub const PREFIX: &str = "ERRAND_LLM_";

/// Their names' rest, upper case, and whether the value is text; otherwise it is JSON.
const KEYS: [(&str, bool); 23] = [
    ("KIND", true),
    ("BASE_URL", true),
    ("MODEL", true),
    ("API_KEY", true),
    ("API_KEY_FILE", true),
    ("API_KEY_ENV", true),
    ("API_VERSION", true),
    ("API", true),
    ("VISION", false),
    ("SCREENSHOTS", true),
    ("MAX_PICTURE", true),
    ("TOOLS", false),
    ("TOOL_CHOICE", false),
    ("JSON_SCHEMA", false),
    ("COMPUTER_TOOL", true),
    ("MAX_OUTPUT_TOKENS", false),
    ("MAX_TOKENS_FIELD", true),
    ("TEMPERATURE", false),
    ("EFFORT", true),
    ("PRICE", false),
    ("RPM", false),
    ("TPM", false),
    ("TIMEOUT", true),
];

/// The names of all variables, without [`PREFIX`].
pub fn names() -> impl Iterator<Item = &'static str> {
    KEYS.into_iter().map(|(name, _)| name)
}

impl Settings {
    /// The same, with what the variables say of the model called `default`: they go before what
    /// is set. Variables of other names are left alone, and so are empty ones.
    ///
    /// # Errors
    /// Each variable that can't be read, by its name.
    pub fn with_variables(
        mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for (variable, text) in variables {
            let name = variable.strip_prefix(PREFIX);
            let known = KEYS.iter().find(|(key, _)| name == Some(*key));
            let Some((key, is_text)) = known.filter(|_| !text.trim().is_empty()) else {
                continue;
            };
            match read(key, *is_text, &text) {
                Ok(over) => {
                    let model = self.models.entry(DEFAULT.to_owned()).or_default();
                    model.overlay(over);
                }
                Err(reason) => problems.push(Problem {
                    setting: variable,
                    reason,
                }),
            }
        }
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }
}

fn read(key: &str, is_text: bool, text: &str) -> Result<ModelSettings, String> {
    let value = if is_text {
        Value::from(text.trim())
    } else {
        // The value of a secret is never among these.
        serde_json::from_str(text).map_err(|_| format!("can't be read: {text}"))?
    };
    let fields: Map<String, Value> = [(key.to_lowercase(), value)].into_iter().collect();
    ModelSettings::deserialize(Value::Object(fields)).map_err(|error| error.to_string())
}

impl ModelSettings {
    /// Takes over what is set in the other.
    fn overlay(&mut self, over: Self) {
        // A key from one source replaces that from another.
        if over.api_key.is_some() || over.api_key_file.is_some() || over.api_key_env.is_some() {
            self.api_key = None;
            self.api_key_file = None;
            self.api_key_env = None;
        }
        // Taken apart whole, so that no field is forgotten.
        macro_rules! take {
            ($($field:ident),*) => {
                let Self { headers, $($field),* } = over;
                self.headers.extend(headers);
                $( if $field.is_some() { self.$field = $field; } )*
            };
        }
        take!(
            kind,
            base_url,
            model,
            api_key,
            api_key_file,
            api_key_env,
            api_version,
            api,
            vision,
            screenshots,
            max_picture,
            tools,
            tool_choice,
            json_schema,
            computer_tool,
            max_output_tokens,
            max_tokens_field,
            temperature,
            effort,
            price,
            rpm,
            tpm,
            timeout,
            fallback
        );
    }
}
