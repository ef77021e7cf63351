/* Finds rows in the ledger and the question bank: by text, chapter and kind; chooses the language; prints.
   Without this script the lists show everything, and a browser's own search opens what it finds. */
(() => {
  const LANGUAGE = "dlbook-language"; // kept between visits
  const MANY = 150; // found rows beyond these stay folded in their chapter
  const normal = text => text.normalize("NFKC").toLowerCase()
    .replace(/(?<=\p{L})[-\u2010\u2011](?=\p{L})/gu, "") // back-propagation, backpropagation
    .replace(/iz(?=e|ing|ation)/g, "is"); // normalization, normalisation
  const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

  function start(form) {
    const field = form.elements;
    const list = document.getElementById(form.dataset.list);
    const status = form.querySelector("[role=status]");
    const clear = form.querySelector("[type=reset]");
    const groups = [...list.querySelectorAll(".dlb-group")].map(box => ({
      box, items: [...box.querySelectorAll("[data-kind]")].map(box => ({box})),
    }));
    const items = groups.flatMap(group => group.items);

    // The text of an item is read once, when it is first asked for.
    const text = item => item.text ??= normal(item.box.textContent).replace(/\s+/g, " ");
    const tight = item => item.tight ??= text(item).replaceAll(" ", "");
    const has = (item, word) => text(item).includes(word) // "BatchNorm" is found in "batch norm"
      || (word.length > 4 && tight(item).includes(word));
    const head = item => item.head ??= normal(item.box.querySelector("summary")?.textContent ?? item.text);

    function show() {
      const asked = normal(field.q.value.replaceAll("$", " ")).replace(/\beq(?:uation|\.| )\s*/g, "").trim();
      let words = asked.split(/\s+/).filter(Boolean);
      if (words.some(word => /^[\x21-\x7e]{1,2}$/.test(word))) words = [asked]; // "p - y": letters alone say nothing
      const { chapter, kind } = Object.fromEntries(new FormData(form));
      const searching = Boolean(words.length || chapter || kind);
      let shown = 0;
      for (const { box, items } of groups) {
        const here = !chapter || box.dataset.chapter === chapter;
        let found = 0;
        for (const item of items) {
          const fits = here && (!kind || item.box.dataset.kind === kind)
            && words.every(word => has(item, word));
          item.box.hidden = !fits;
          item.box.classList.toggle("dlb-inside", fits && !words.every(word => head(item).includes(word)));
          found += fits;
        }
        shown += found;
        box.hidden = !found;
        if (box.localName === "details") box.open = searching && found > 0 && (shown <= MANY || shown === found);
      }
      const all = plural(items.length, form.dataset.noun);
      status.textContent = shown ? (searching ? `${shown} of ${all}` : all)
        : `Nothing found${words.length ? ` for \u201c${field.q.value.trim()}\u201d` : ""} among ${all}.`;
      clear.hidden = !searching;
    }

    function showAll() {
      for (const name of ["q", "chapter", "kind"]) field[name].value = "";
      show();
    }

    // The address always leads to what is shown, so that it can be shared.
    let timer;
    function note() {
      const address = new URL(location);
      const values = {lang: "", answers: "", ...Object.fromEntries(new FormData(form))};
      if (values.lang === "both") values.lang = "";
      for (const [name, value] of Object.entries(values)) {
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      }
      address.hash = "";
      history.replaceState(null, "", address);
    }

    function speak() {
      if (field.lang) list.dataset.lang = field.lang.value;
    }

    function unfold() {
      for (const { box } of items) box.firstElementChild.open = field.answers.checked;
    }

    function recall() {
      const asked = new URLSearchParams(location.search);
      for (const name of ["q", "chapter", "kind"]) field[name].value = asked.get(name) ?? "";
      for (const select of form.querySelectorAll("select")) {
        if (select.selectedIndex < 0) select.value = ""; // an address that names what is not there
      }
      if (!field.lang) return;
      const known = [...field.lang].map(radio => radio.value);
      field.lang.value = [asked.get("lang"), localStorage.getItem(LANGUAGE)].find(v => known.includes(v)) ?? "both";
      field.answers.checked = asked.has("answers");
    }

    // What an address with #question-... or #ledger-... names is opened and brought into view.
    function reveal() {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!target || !list.contains(target)) return;
      if (target.closest("[hidden]")) showAll();
      for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      const own = target.querySelector(":scope > details");
      if (own) own.open = true;
      target.scrollIntoView();
      setFormulas(target.closest(".dlb-group")).then(() => target.scrollIntoView()); // they changed its place
    }

    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("input", event => {
      if (event.target.name === "lang") {
        localStorage.setItem(LANGUAGE, field.lang.value);
        speak();
      } else if (event.target.name === "answers") unfold();
      else show();
      clearTimeout(timer);
      timer = setTimeout(note, 300);
    });
    form.addEventListener("reset", event => {
      event.preventDefault(); // what is searched is cleared; the language stays
      showAll();
      note();
      field.q.focus({preventScroll: true});
    });
    field.print?.addEventListener("click", async () => {
      await setFormulas(list);
      print();
    });
    addEventListener("hashchange", reveal);
    recall();
    speak();
    if (field.answers?.checked) unfold();
    if (field.q.value || field.chapter.value || field.kind.value) show();
    reveal();
  }

  document.querySelectorAll("form.dlb-find").forEach(start);
})();
