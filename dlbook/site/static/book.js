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

// Paper is light, whatever the screen is.
let shown;
addEventListener("beforeprint", () => {
  shown = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => (document.documentElement.dataset.theme = shown));
