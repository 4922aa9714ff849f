// Menus and a calendar, each in a style that people meet.
"use strict";
{
  const form = document.querySelector("form[enctype]");
  const keep = (name, value) => { form.elements[name].value = value; };
  const every = (selector, act) => form.querySelectorAll(selector).forEach(act);

  // A button with a listbox below it; arrow keys move, Enter takes.
  every("[data-listbox]", (box) => {
    const button = box.querySelector("button"), list = box.querySelector("ul");
    const options = [...list.children];
    let active = -1;
    const show = (open) => {
      list.hidden = !open;
      button.ariaExpanded = String(open);
      if (open) { list.focus(); }
    };
    const point = (index) => {
      active = Math.max(0, Math.min(options.length - 1, index));
      options.forEach((option, at) => option.classList.toggle("active", at === active));
      list.setAttribute("aria-activedescendant", options[active].id);
    };
    const take = (option) => {
      options.forEach((other) => { other.ariaSelected = String(other === option); });
      button.textContent = option.textContent;
      keep(box.dataset.listbox, option.dataset.value);
      show(false);
      button.focus();
    };
    button.onclick = () => show(list.hidden);
    list.onclick = (event) => { const option = event.target.closest("li"); if (option) { take(option); } };
    list.onkeydown = (event) => {
      if (event.key === "ArrowDown") { point(active + 1); } else if (event.key === "ArrowUp") { point(active - 1); }
      else if (event.key === "Enter" && active >= 0) { take(options[active]); }
      else if (event.key === "Escape") { show(false); button.focus(); } else { return; }
      event.preventDefault();
    };
    document.addEventListener("click", (event) => { if (!box.contains(event.target)) { show(false); } });
  });

  // Type-ahead: options come late; what is typed but not chosen is dropped at the end.
  every("[data-combobox]", (box) => {
    const field = box.querySelector("input"), list = box.querySelector("ul");
    let timer, asked = 0, chosen = "", active = -1;
    const show = (open) => { list.hidden = !open; field.ariaExpanded = String(open); };
    const take = (text) => { chosen = text; field.value = text; keep("airport", text); show(false); };
    const ask = async () => {
      const mine = ++asked;
      const found = await (await fetch("/form/airports?q=" + encodeURIComponent(field.value))).json();
      if (mine !== asked) { return; }
      active = -1;
      list.replaceChildren(...found.map((name, index) => {
        const item = document.createElement("li");
        item.role = "option";
        item.id = list.id + "-" + index;
        item.textContent = name;
        // The field must not lose the focus before the click.
        item.onmousedown = (event) => { event.preventDefault(); take(name); };
        return item;
      }));
      if (!found.length) { list.innerHTML = "<li class='muted'>No airports found</li>"; }
      show(true);
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
    field.addEventListener("keydown", (event) => {
      const items = [...list.querySelectorAll("[role=option]")];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        active = Math.max(0, Math.min(items.length - 1, active + (event.key === "ArrowDown" ? 1 : -1)));
        items.forEach((item, at) => { item.classList.toggle("active", at === active); item.ariaSelected = String(at === active); });
        field.setAttribute("aria-activedescendant", items[active]?.id ?? "");
      } else if (event.key === "Enter" && items[active]) { take(items[active].textContent); }
      else if (event.key === "Escape") { show(false); } else { return; }
      event.preventDefault();
    });
    field.addEventListener("blur", () => setTimeout(() => { field.value = chosen; show(false); }, 150));
  });

  // The menu is drawn at the end of the body, over a backdrop, and opens on mousedown.
  every("[data-select]", (box) => {
    const value = box.querySelector(".select-value");
    let portal = null;
    const close = () => { portal?.remove(); portal = null; value.ariaExpanded = "false"; value.focus(); };
    const open = () => {
      if (portal) { return; }
      const place = value.getBoundingClientRect();
      portal = document.createElement("div");
      portal.className = "portal";
      portal.innerHTML = '<div style="position: fixed; inset: 0; z-index: 20"></div><ul role="listbox" class="menu"></ul>';
      const [backdrop, list] = portal.children;
      list.style.cssText = `position: fixed; z-index: 21; left: ${place.left}px; right: auto; top: ${place.bottom}px; width: ${place.width}px`;
      list.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));
      backdrop.onclick = close;
      for (const text of box.dataset.options.split("|")) {
        const item = document.createElement("li");
        item.role = "option";
        item.tabIndex = -1;
        item.textContent = text;
        item.ariaSelected = String(value.textContent === text);
        item.onclick = () => { value.firstElementChild.textContent = text; keep(box.dataset.select, text); close(); };
        list.append(item);
      }
      // As with an entry animation: the menu can't be pressed at once.
      list.style.pointerEvents = "none";
      setTimeout(() => { list.style.pointerEvents = ""; }, 120);
      document.body.append(portal);
      value.ariaExpanded = "true";
      list.firstElementChild.focus();
      list.onkeydown = (event) => {
        const at = document.activeElement;
        if (event.key === "ArrowDown") { (at.nextElementSibling ?? at).focus(); } else if (event.key === "ArrowUp") { (at.previousElementSibling ?? at).focus(); }
        else if (event.key === "Enter" || event.key === " ") { at.click(); } else if (event.key === "Escape") { close(); } else { return; }
        event.preventDefault();
      };
    };
    value.addEventListener("mousedown", (event) => { if (event.button === 0) { event.preventDefault(); open(); } });
    value.addEventListener("keydown", (event) => { if ([" ", "Enter", "ArrowDown"].includes(event.key)) { event.preventDefault(); open(); } });
  });

  // A search in a div: the options are divs without roles, filtered while one types.
  every("[data-search-select]", (box) => {
    const field = box.querySelector("input"), placeholder = box.querySelector(".select-placeholder");
    let menu = null, chosen = "";
    const close = () => {
      menu?.remove();
      menu = null;
      field.value = "";
      placeholder.textContent = chosen || "Select a host";
      placeholder.style.visibility = "";
    };
    const draw = () => {
      menu ??= box.appendChild(Object.assign(document.createElement("div"), { className: "menu" }));
      const wanted = field.value.toLowerCase();
      placeholder.style.visibility = wanted ? "hidden" : "";
      const fitting = box.dataset.options.split("|").filter((text) => text.toLowerCase().includes(wanted));
      menu.replaceChildren(...fitting.map((text) => {
        const item = document.createElement("div");
        item.className = "select-option";
        item.textContent = text;
        item.onmousedown = (event) => { event.preventDefault(); chosen = text; keep(box.dataset.searchSelect, text); close(); };
        return item;
      }));
    };
    box.querySelector(".select-control").addEventListener("mousedown", (event) => {
      if (event.target !== field) { event.preventDefault(); field.focus(); }
      draw();
    });
    field.addEventListener("input", draw);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && menu?.firstElementChild) {
        event.preventDefault();
        menu.firstElementChild.onmousedown(event);
      }
    });
    field.addEventListener("blur", close);
  });

  // Plain divs with listeners, no roles at all.
  every("[data-plain-select]", (box) => {
    const [value, menu] = box.children;
    value.addEventListener("click", () => menu.classList.toggle("hidden"));
    menu.addEventListener("click", (event) => {
      value.textContent = event.target.textContent;
      keep(box.dataset.plainSelect, event.target.textContent);
      menu.classList.add("hidden");
    });
  });

  // A calendar of buttons; it starts at November 2026, so that tests don't depend on the day.
  every("[data-calendar]", (box) => {
    const field = box.querySelector("input");
    const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let panel = null, year = 2026, month = 10;
    const close = () => { panel?.remove(); panel = null; field.ariaExpanded = "false"; };
    const turn = (by) => { month += by; if (month < 0) { month = 11; year -= 1; } if (month > 11) { month = 0; year += 1; } draw(); };
    const button = (text, label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "plain";
      made.textContent = text;
      made.ariaLabel = label;
      made.onclick = (event) => { event.stopPropagation(); act(); };
      return made;
    };
    const draw = () => {
      const title = document.createElement("strong");
      title.textContent = `${months[month]} ${year}`;
      title.ariaLive = "polite";
      const head = document.createElement("div");
      head.append(button("‹", "Previous month", () => turn(-1)), title, button("›", "Next month", () => turn(1)));
      const grid = document.createElement("table");
      grid.role = "grid";
      grid.innerHTML = "<thead><tr><th>Mo</th><th>Tu</th><th>We</th><th>Th</th><th>Fr</th><th>Sa</th><th>Su</th></tr></thead>";
      const offset = (new Date(year, month, 1).getDay() + 6) % 7, count = new Date(year, month + 1, 0).getDate();
      let row = grid.insertRow();
      for (let cell = 0; cell < offset; cell += 1) { row.insertCell(); }
      for (let day = 1; day <= count; day += 1) {
        if (row.cells.length === 7) { row = grid.insertRow(); }
        row.insertCell().append(button(String(day), `${day} ${months[month]} ${year}`, () => {
          field.value = `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          close();
        }));
      }
      panel.replaceChildren(head, grid);
    };
    field.addEventListener("click", () => {
      if (panel) { close(); return; }
      panel = Object.assign(document.createElement("div"), { className: "menu", role: "dialog", ariaLabel: "Choose a date" });
      panel.style.cssText = "width: 480px; max-height: none; right: auto";
      box.append(panel);
      field.ariaExpanded = "true";
      draw();
    });
    document.addEventListener("click", (event) => { if (panel && !box.contains(event.target)) { close(); } });
  });
}
