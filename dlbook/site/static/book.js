// What is wider than its place scrolls: then the keyboard has to reach it. Only what is near the
// window has a size; the browser reports each box when it gets one, and when it changes.
const mayScroll = ".katex-display, pre, .cell_output > .output, .pst-scrollable-table-container";
const sized = new Set();

function markScrollable() {
  const wide = [...sized].map((box) => [box, box.scrollWidth > box.clientWidth]);
  for (const [box, scrolls] of wide) {
    if (!scrolls) {
      box.removeAttribute("tabindex");
    } else {
      box.tabIndex = 0;
      if (box.matches(".katex-display")) {
        box.role = "group";
        box.ariaLabel = "Wide formula";
      }
    }
  }
}

const sizes = new ResizeObserver((boxes) => {
  for (const { target, contentRect } of boxes) {
    if (contentRect.width) sized.add(target);
    else sized.delete(target);
  }
  markScrollable();
});

function watch(root) {
  for (const box of root.querySelectorAll(mayScroll)) sizes.observe(box);
}

watch(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.parentElement) watch(node.parentElement);
}).observe(document.getElementById("main-content"), { childList: true, subtree: true });
document.fonts.addEventListener("loadingdone", markScrollable);

// The fonts of formulas that are still far from the window: a printer does not wait for them.
const fonts = {
  "1em KaTeX_Size1": ["size1", "small-op"], "1em KaTeX_Size2": ["size2", "large-op"],
  "1em KaTeX_Size3": ["size3"], "1em KaTeX_Size4": ["size4"], "1em KaTeX_AMS": ["amsrm", "mathbb"],
  "1em KaTeX_Caligraphic": ["mathcal"], "1em KaTeX_Main": ["katex-html"],
  "italic 1em KaTeX_Math": ["mathnormal"], "italic 1em KaTeX_Main": ["mathit"],
  "bold 1em KaTeX_Main": ["mathbf"], "italic bold 1em KaTeX_Math": ["boldsymbol"],
};
addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(() => {
  for (const [font, users] of Object.entries(fonts))
    if (users.some((name) => document.getElementsByClassName(name)[0])) document.fonts.load(font);
}));

// An address that names a place: what lies above it gets its height only when it is drawn, and the
// place moves. So go there again for a second, unless the reader goes elsewhere.
function land() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  const until = performance.now() + 1000;
  const stopped = new AbortController();
  for (const act of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(act, () => stopped.abort(), { passive: true, signal: stopped.signal });
  const again = () => {
    if (stopped.signal.aborted) return;
    place.scrollIntoView();
    if (performance.now() < until) setTimeout(again, 50);
    else stopped.abort();
  };
  again();
}
if (performance.getEntriesByType("navigation")[0]?.type === "navigate") addEventListener("load", land);
addEventListener("hashchange", land);

// A map that is wider than the window opens at its root, where reading starts, and shows the whole
// of what the keyboard is on.
for (const map of document.querySelectorAll(".dlb-map-scroll")) {
  const root = map.querySelector("svg a").getBoundingClientRect();
  map.scrollLeft = root.left + root.width / 2 - map.getBoundingClientRect().left - map.clientWidth / 2;
  map.addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

// Paper is light, whatever the screen is.
let shown;
addEventListener("beforeprint", () => {
  shown = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => (document.documentElement.dataset.theme = shown));
