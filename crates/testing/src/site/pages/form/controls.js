// The form's small controls: each keeps its value in the hidden field of its name.
"use strict";

const form = document.querySelector("form[enctype]");
const keep = (name, value) => { form.elements[name].value = value; };
const every = (selector, act) => form.querySelectorAll(selector).forEach(act);

// A region follows from the country, after a moment.
const regions = { NO: ["Vestland", "Troms"], AT: ["Styria", "Tyrol"], GB: ["Cornwall", "Yorkshire"], DE: ["Bavaria", "Hesse"] };
form.elements.country.addEventListener("change", (event) => {
  const region = form.elements.region;
  region.disabled = true;
  setTimeout(() => {
    const known = regions[event.target.value] ?? ["Everywhere"];
    region.replaceChildren(new Option("Please choose", ""), ...known.map((name) => new Option(name, name)));
    region.disabled = false;
  }, 250);
});

// Slashes come by themselves; anything but digits is dropped.
every("[data-mask]", (field) => field.addEventListener("input", () => {
  const digits = field.value.replace(/\D/g, "").slice(0, 8);
  field.value = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].filter(Boolean).join("/");
}));

form.elements.budget.addEventListener("input", (event) => {
  event.target.nextElementSibling.value = event.target.value;
});

every("[data-stepper]", (stepper) => {
  const [fewer, more] = stepper.querySelectorAll("button");
  const field = stepper.querySelector("input");
  const step = (by) => () => { field.value = Math.min(9, Math.max(1, Number(field.value) + by)); };
  fewer.onclick = step(-1);
  more.onclick = step(1);
});

every("[data-slider]", (slider) => {
  const set = (value) => {
    const now = Math.min(10, Math.max(0, Math.round(value)));
    slider.ariaValueNow = String(now);
    slider.firstElementChild.style.left = now * 10 - 4 + "%";
    keep(slider.dataset.slider, now);
  };
  slider.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -10, End: 10 }[event.key];
    if (by) { event.preventDefault(); set(Number(slider.ariaValueNow) + by); }
  });
  slider.addEventListener("pointerdown", (event) => {
    const box = slider.getBoundingClientRect();
    const move = (at) => set(((at.clientX - box.left) / box.width) * 10);
    move(event);
    const end = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", end); };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
  });
});

every("[data-rich]", (editor) => editor.addEventListener("input", () => keep(editor.dataset.rich, editor.innerText.trim())));
every("[data-bold]", (button) => { button.onclick = () => document.execCommand("bold"); });

every("[data-tags]", (box) => {
  const field = box.querySelector("input");
  const tags = [];
  const draw = () => {
    box.querySelectorAll(".tag").forEach((tag) => tag.remove());
    for (const [index, text] of tags.entries()) {
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.append(text, " ");
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "plain";
      remove.ariaLabel = "Remove " + text;
      remove.textContent = "×";
      remove.onclick = () => { tags.splice(index, 1); draw(); };
      tag.append(remove);
      field.before(tag);
    }
    keep("tags", tags.join(","));
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      if (field.value.trim()) { tags.push(field.value.trim()); field.value = ""; draw(); }
    } else if (event.key === "Backspace" && !field.value) {
      tags.pop();
      draw();
    }
  });
});

every("[data-switch]", (button) => {
  button.onclick = () => {
    const on = button.ariaChecked !== "true";
    button.ariaChecked = String(on);
    keep(button.dataset.switch, on ? "on" : "off");
  };
});

every("[data-toggles]", (group) => group.addEventListener("click", (event) => {
  const chosen = event.target.closest("button");
  if (!chosen) { return; }
  group.querySelectorAll("button").forEach((button) => { button.ariaPressed = String(button === chosen); });
  keep(group.dataset.toggles, chosen.textContent);
}));

every("[data-checkbox]", (box) => {
  const flip = () => {
    const on = box.ariaChecked !== "true";
    box.ariaChecked = String(on);
    box.textContent = (on ? "☑" : "☐") + " Bringing pets";
    keep(box.dataset.checkbox, on ? "yes" : "no");
  };
  box.onclick = flip;
  box.onkeydown = (event) => { if (event.key === " ") { event.preventDefault(); flip(); } };
});
