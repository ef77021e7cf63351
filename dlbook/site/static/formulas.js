/* Sets the formulas of long lists, which carry them as TeX, when they come near the view. KaTeX is loaded with the first.
   Without this script the TeX stays. */
const setFormulas = (() => {
  const script = new URL("katex/katex.min.js", document.currentScript.src);
  let loading;
  const load = () => loading ??= new Promise((done, failed) => {
    const tag = document.createElement("script");
    Object.assign(tag, {src: script, onload: () => done(window.katex), onerror: failed});
    document.head.append(tag);
  });

  function set(code) {
    const display = "display" in code.dataset;
    const box = document.createElement(display ? "div" : "span");
    box.className = "math notranslate";
    const macros = JSON.parse(code.closest("[data-macros]")?.dataset.macros ?? "{}");
    katex.render(code.textContent, box, {displayMode: display, throwOnError: false, strict: "ignore", macros});
    code.replaceWith(box);
  }

  async function setAll(codes) {
    if (!codes.length) return;
    await load();
    codes.filter(code => code.isConnected).forEach(set);
  }

  const near = new IntersectionObserver(seen => {
    const codes = seen.filter(entry => entry.isIntersecting).map(entry => entry.target);
    codes.forEach(code => near.unobserve(code));
    setAll(codes);
  }, {rootMargin: "50% 0px"});
  document.querySelectorAll(".dlb-tex").forEach(code => near.observe(code));

  // For print: all that is shown, in view or not.
  const setShown = root => setAll([...root.querySelectorAll(".dlb-tex")].filter(code => code.checkVisibility()));
  addEventListener("beforeprint", () => loading && setShown(document));
  return setShown;
})();
