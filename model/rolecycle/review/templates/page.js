"use strict";
// Only comfort: without this script everything can be read, and a browser opens what a link leads to.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function reveal() {
  let target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const aim = target;
  for (; target; target = target.parentElement) if (target.tagName === "DETAILS") target.open = true;
  if (aim) aim.scrollIntoView();
}

function filter(form) {
  const words = form.querySelector("input[type=search]").value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = all("input:checked", form).map((box) => box.value);
  const rows = all("table.properties > tbody > tr");
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const statuses = row.dataset.statuses.split(" ");
    row.hidden = !words.every((word) => text.includes(word)) || !(!wanted.length || wanted.some((s) => statuses.includes(s)));
  }
  for (const theme of all("section.theme")) theme.hidden = all("tbody > tr", theme).every((row) => row.hidden);
  form.querySelector("output").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} properties`;
}

addEventListener("hashchange", reveal);
if (location.hash) reveal();
for (const form of all("form.filter")) {
  form.hidden = false;
  form.addEventListener("input", () => filter(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter(form);
}
for (const tools of all("nav .tools")) {
  tools.hidden = false;
  for (const button of all("button", tools))
    button.addEventListener("click", () => all("main details").forEach((each) => (each.open = Boolean(button.dataset.open))));
}
for (const box of all(".drawn")) {
  box.title = "click: full size or fitted";
  box.addEventListener("click", () => box.classList.toggle("full"));
}
