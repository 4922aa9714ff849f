//! All configured models.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use errand_domain::port::{Clock, Egress};
use serde_json::json;

use crate::{
    Call, Message, Meter, Model, Problem, Request, Schema, Settings, Tool, Want,
    provider::{Chain, Provider},
    settings::{self, DEFAULT, Roles},
};

/// What a model is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Chooses the next actions.
    Decide,
    /// Reads values from pages.
    Extract,
    /// Judges whether the goal is met.
    Verify,
    /// Splits a goal into parts.
    Plan,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Decide, Self::Extract, Self::Verify, Self::Plan];

    /// Its name in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Extract => "extract",
            Self::Verify => "verify",
            Self::Plan => "plan",
        }
    }

    fn of(self, roles: &Roles) -> Option<&str> {
        let name = match self {
            Self::Decide => &roles.decide,
            Self::Extract => &roles.extract,
            Self::Verify => &roles.verify,
            Self::Plan => &roles.plan,
        };
        name.as_deref()
    }
}

/// The configured models, by name and by role. Cheap to clone; clones share rate limits.
#[derive(Debug, Clone, Default)]
pub struct Models {
    models: Arc<BTreeMap<String, Arc<Chain>>>,
    /// In the order of [`Role::ALL`]; none if there are no models.
    roles: Vec<String>,
}

impl Models {
    /// Checks the settings and sets up the models. Nothing is sent.
    ///
    /// The policy behind `egress` should allow private addresses, for models run there; the time
    /// of `clock` is that of rate limits, waits and deadlines between tries.
    ///
    /// # Errors
    /// Everything that is wrong, each naming its setting. No settings at all are no error: there
    /// are no models then.
    pub fn new(
        settings: &Settings,
        egress: Arc<dyn Egress>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Vec<Problem>> {
        let (profiles, mut problems) = match settings::checked(settings) {
            Ok(profiles) => (profiles, Vec::new()),
            Err(problems) => (BTreeMap::new(), problems),
        };
        let roles = roles(settings, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let providers: BTreeMap<String, Arc<Provider>> = profiles
            .into_iter()
            .map(|(name, profile)| {
                let provider = Provider::new(profile, egress.clone(), clock.clone());
                (name, Arc::new(provider))
            })
            .collect();
        let models = providers
            .keys()
            .map(|name| (name.clone(), Arc::new(Chain::new(name, &providers))))
            .collect();
        Ok(Self {
            models: Arc::new(models),
            roles,
        })
    }

    /// Whether no model is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// Each model in a few words: name, the provider's name of it, place, fallbacks, roles.
    #[must_use]
    pub fn described(&self) -> Vec<(String, String)> {
        let describe = |(name, chain): (&String, &Arc<Chain>)| {
            let mut words = chain.described();
            let roles = Role::ALL
                .iter()
                .zip(&self.roles)
                .filter(|(_, it)| *it == name);
            let roles: Vec<&str> = roles.map(|(role, _)| role.as_str()).collect();
            if !roles.is_empty() {
                words.push_str(&format!(", for {}", roles.join(", ")));
            }
            (name.clone(), words)
        };
        self.models.iter().map(describe).collect()
    }

    /// What to set for a model, such as `tools = false`, so that nothing had to be left out of
    /// what it was sent since the start.
    #[must_use]
    pub fn advice(&self, name: &str) -> Vec<String> {
        let chain = self.models.get(name);
        chain.map(|it| it.advice()).unwrap_or_default()
    }

    /// The models in a role, with their fallbacks, whose prices are not known: a run with a limit
    /// of cost can't use them.
    #[must_use]
    pub fn unpriced(&self) -> Vec<&str> {
        let used = self
            .models
            .iter()
            .filter(|(name, _)| self.roles.contains(name));
        let mut names: Vec<&str> = used.flat_map(|(_, chain)| chain.unpriced()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of all models.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.models.keys().map(String::as_str)
    }

    /// The model of a role; None only if no model is configured.
    #[must_use]
    pub fn of(&self, role: Role) -> Option<Arc<dyn Model>> {
        let index = Role::ALL.iter().position(|it| *it == role)?;
        self.named(self.roles.get(index)?)
    }

    /// The model of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Arc<dyn Model>> {
        let chain: Arc<dyn Model> = self.models.get(name)?.clone();
        Some(chain)
    }

    /// The same models with one of them in every role, for a run that names its model; None if
    /// there is none of that name.
    #[must_use]
    pub fn with_all_roles(&self, name: &str) -> Option<Self> {
        self.models.contains_key(name).then(|| Self {
            models: self.models.clone(),
            roles: vec![name.to_owned(); Role::ALL.len()],
        })
    }

    /// The same models with one of them to decide, for an engine that needs a certain kind of
    /// model for that alone; None if there is none of that name.
    #[must_use]
    pub fn deciding(&self, name: &str) -> Option<Self> {
        let mut roles = self.roles.clone();
        let decide = Role::ALL.iter().position(|it| *it == Role::Decide)?;
        *roles.get_mut(decide)? = self.models.get_key_value(name)?.0.clone();
        Some(Self {
            models: self.models.clone(),
            roles,
        })
    }

    /// Asks a model to call a tool, or for one word if it has none, without its fallback: whether
    /// address, key and name are right, and whether it can what its settings say. None if there is
    /// no model of this name.
    pub async fn probe(&self, name: &str, timeout: Duration) -> Option<Call> {
        let chain = self.models.get(name)?;
        let mut request = Request {
            messages: vec![Message::user("Answer with the word: ready")],
            max_output_tokens: Some(64),
            timeout: Some(timeout),
            ..Request::default()
        };
        let tool = Schema::new(json!({
            "type": "object",
            "properties": {"ready": {"type": "boolean"}},
            "required": ["ready"],
            "additionalProperties": false,
        }));
        if let Ok(schema) = tool
            && chain.capabilities().tools
        {
            request.messages = vec![Message::user("Call the tool with ready: true")];
            request.tools = vec![Tool {
                name: "report".to_owned(),
                description: "Says whether you are ready.".to_owned(),
                schema,
            }];
            request.want = Want::Tool("report".to_owned());
        }
        Some(chain.alone().ask(&request, &Meter::unlimited()).await)
    }
}

/// The model of each role, or what is wrong with them.
fn roles(settings: &Settings, problems: &mut Vec<Problem>) -> Vec<String> {
    let known = || {
        settings
            .models
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut refuse = |role: Role, reason: String| {
        problems.push(Problem {
            setting: format!("llm.roles.{}", role.as_str()),
            reason,
        });
    };
    for role in Role::ALL {
        if let Some(name) = role.of(&settings.roles)
            && !settings.models.contains_key(name)
        {
            refuse(
                role,
                format!("no model is called {name}; there are: {}", known()),
            );
        }
    }
    if settings.models.is_empty() {
        return Vec::new();
    }
    let mut names = settings.models.keys();
    let only = names.next().filter(|_| names.next().is_none());
    let usual = settings
        .models
        .get_key_value(DEFAULT)
        .map(|(name, _)| name)
        .or(only);
    let decide = Role::Decide
        .of(&settings.roles)
        .or_else(|| usual.map(String::as_str));
    let Some(decide) = decide else {
        let reason = "not set, and none of the models is called `default`; there are: ";
        refuse(Role::Decide, format!("{reason}{}", known()));
        return Vec::new();
    };
    Role::ALL
        .into_iter()
        .map(|role| role.of(&settings.roles).unwrap_or(decide).to_owned())
        .collect()
}
