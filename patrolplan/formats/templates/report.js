"use strict";
(function () {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const byId = (id) => document.getElementById(id);
  root.classList.add("scripted");

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }
  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  // Colours: as the device, or as chosen; the choice is kept where the browser lets a file keep one.
  const theme = byId("theme");
  function paint(value) {
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
  }
  try { theme.value = localStorage.getItem("patrolplan-theme") || ""; } catch (error) { theme.value = ""; }
  paint(theme.value);
  theme.addEventListener("change", () => {
    paint(theme.value);
    try { localStorage.setItem("patrolplan-theme", theme.value); } catch (error) { return; }
  });

  // Cover: another place in the same table.
  const heat = byId("heat");
  if (heat) {
    const rows = [...heat.tBodies[0].rows];
    const draw = () => {
      const place = Number(byId("heat-place").value);
      const map = data.heat[place];
      const most = Math.max(0, ...map.flat().map((run) => run[3]));
      byId("heat-caption").textContent = fill(words.cover_caption, { place: data.names[place] });
      let any = false;
      rows.forEach((row, index) => {
        let hour = 1;
        let short = false;
        for (const [hours, present, needed, missing] of map[index]) {
          for (let count = 0; count < hours; count += 1) {
            const cell = row.cells[hour];
            hour += 1;
            short = short || missing > 0;
            if (present < 0) { cell.className = "x"; cell.textContent = ""; }
            else if (missing) {
              cell.className = missing * 4 <= most ? "h1" : missing * 2 <= most ? "h2" : "h3";
              cell.textContent = "\u2212" + missing;
            } else if (present || needed) { cell.className = "ok"; cell.textContent = present; }
            else { cell.className = "no"; cell.textContent = "\u00b7"; }
          }
        }
        row.hidden = byId("heat-gaps").checked && !short;
        any = any || !row.hidden;
      });
      byId("heat-none").hidden = any;
    };
    byId("heat-place").addEventListener("change", draw);
    byId("heat-gaps").addEventListener("change", draw);
    byId("heat-form").addEventListener("submit", (event) => event.preventDefault());
    if (byId("heat-place").value !== "0" || byId("heat-gaps").checked) draw();
  }

  // Roster: by site, person and phase.
  const grid = byId("grid");
  const filter = byId("filter");
  const MOST_LISTS = 6;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const people = [...grid.tBodies[0].rows].map((row) => ({
    row,
    name: row.cells[0].querySelector("bdi").textContent,
    text: plain(row.cells[0].textContent),
    duties: data.dates.map((_date, index) =>
      (row.cells[index + 1].dataset.d || "").split(";").filter(Boolean).map((one) => {
        const [shift, post, kind] = one.split(",");
        return { shift: Number(shift), post: Number(post), kind };
      })),
  }));
  const tables = [...document.querySelectorAll(".site")];
  const columns = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, columns];

  const dutyText = (duty) => {
    const shift = duty.shift < 0 ? words.no_shift : data.shifts[duty.shift].join(" ");
    const post = duty.post < 0 ? words.no_post : data.posts[duty.post][0] + ", " + data.sites[data.posts[duty.post][1]];
    const kind = duty.kind === "s" ? " (" + words.on_call + ")" : duty.kind === "t" ? " (" + words.training + ")" : "";
    return duty.kind === "s" && duty.post < 0 ? shift + kind : shift + " \u00b7 " + post + kind;
  };
  function list(person, dates, at) {
    const article = element("article");
    const head = element("h4");
    const [before, after] = words.duties_of.split("{name}");
    head.append(before, element("bdi", person.name), after || "");
    const items = element("ul");
    for (const date of dates) {
      for (const duty of person.duties[date].filter(at)) {
        const item = element("li");
        item.append(element("span", data.dates[date]), element("span", dutyText(duty)));
        items.append(item);
      }
    }
    article.append(head, items.children.length ? items : element("p", words.no_duties, "quiet"));
    return article;
  }
  function apply() {
    const site = byId("by-site").value;
    const phase = byId("by-phase") ? byId("by-phase").value : "";
    const wanted = plain(byId("by-person").value.trim()).split(/\s+/).filter(Boolean);
    const dates = data.dates.map((_date, index) => index)
      .filter((index) => phase === "" || data.phases[index].includes(Number(phase)));
    const inside = new Set(dates);
    const at = (duty) => site === "" || (duty.post >= 0 && data.posts[duty.post][1] === Number(site));
    const found = people.filter((person) => {
      const fits = wanted.every((word) => person.text.includes(word))
        && (site === "" || dates.some((date) => person.duties[date].some(at)));
      person.row.hidden = !fits;
      if (fits) {
        person.duties.forEach((duties, date) => {
          const cell = person.row.cells[date + 1];
          cell.classList.toggle("dim", site !== "" && duties.length > 0 && !duties.some(at));
        });
      }
      return fits;
    });
    const hidden = data.dates.map((_date, index) => index).filter((index) => !inside.has(index));
    columns.replaceSync(hidden.map((index) =>
      `.grid tr>:nth-child(${index + 2}),.posts tr>:nth-child(${index + 2}){display:none}`).join(""));
    const names = new Set(wanted.length ? found.map((person) => person.name) : []);
    for (const table of tables) {
      table.hidden = site !== "" && table.dataset.site !== site;
      for (const name of table.querySelectorAll("td bdi")) name.classList.toggle("hit", names.has(name.textContent));
      for (const row of table.querySelectorAll("tbody tr")) {
        row.hidden = wanted.length > 0 && !dates.some((date) => row.cells[date + 1].querySelector(".hit"));
      }
      table.hidden = table.hidden || (wanted.length > 0 && ![...table.querySelectorAll("tbody tr")].some((row) => !row.hidden));
    }
    byId("lists").replaceChildren(...(wanted.length && found.length <= MOST_LISTS
      ? found.map((person) => list(person, dates, at)) : []));
    byId("shown").textContent = fill(words.shown, { people: found.length, all: people.length, dates: dates.length });
  }
  let waiting = 0;
  filter.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  filter.addEventListener("change", apply);
  filter.addEventListener("reset", () => setTimeout(apply, 0));
  filter.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  apply();

  // Loads: sorted by a column.
  const loads = byId("loads");
  if (loads) {
    const body = loads.tBodies[0];
    const heads = [...loads.tHead.rows[0].cells];
    const value = (row, index) => {
      const cell = row.cells[index];
      if (heads[index].classList.contains("number")) return cell.dataset.v === undefined ? -Infinity : Number(cell.dataset.v);
      return cell.textContent;
    };
    heads.forEach((head, index) => {
      const button = element("button", head.dataset.head);
      button.type = "button";
      button.title = fill(words.sort, { column: head.dataset.head });
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const falling = head.getAttribute("aria-sort") === (index ? "none" : "ascending")
          || head.getAttribute("aria-sort") === "ascending";
        heads.forEach((one) => one.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const order = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, root.lang));
        const rows = [...body.rows].sort((a, b) => order(value(a, index), value(b, index)) * (falling ? -1 : 1));
        body.append(...rows);
      });
    });
  }
})();
