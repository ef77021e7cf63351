// Exercises that run in the page. Nothing of Python is loaded before the first Check or Run.
(() => {
  const here = document.currentScript.src;
  const limit = (seconds) =>
    `✗ Stopped after ${seconds} seconds: is there a loop that never ends? Python has been started again.`;
  const fromDisk = "Python cannot start in a page that was opened from a file. In the folder of the site, run\n" +
    "python -m http.server --bind 127.0.0.1 8000\nand open http://127.0.0.1:8000, or open the notebook: ";
  const another = "Another exercise is running. Try again when it has ended.";
  const toNotebook = "open the notebook: "; // a text that ends so gets the link
  let worker = null; // one for all exercises of the page
  let busy = null; // the exercise that runs
  let stop = null; // ends it, with a text to show

  const store = { // what the reader wrote; a browser may refuse to keep it
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, text) {
      try { if (text === null) localStorage.removeItem(key); else localStorage.setItem(key, text); } catch { /* no */ }
    },
  };

  function startWorker({ folder, archive, version }) {
    worker = new Worker(new URL(`live-worker.js?v=${version}`, here), { type: "module" });
    worker.postMessage({ folder, archive });
  }

  // Run code in the worker; `say` hears "starting" and "running". Resolves to [status, text].
  function run(job, seconds, say) {
    return new Promise((resolve) => {
      let clock = 0;
      let runs = false; // Python has started
      const end = (status, text, broken) => {
        clearTimeout(clock);
        if (broken) {
          worker.terminate();
          worker = null;
        }
        resolve([status, text]);
      };
      stop = (text) => {
        end("failed", text, true);
        if (runs) startWorker(job); // else the reader did not want to wait for it
      };
      if (worker === null) startWorker(job);
      say("starting");
      worker.onmessage = ({ data }) => {
        if (data.state === "running") {
          say("running");
          runs = true;
          clock = setTimeout(() => stop(limit(seconds)), seconds * 1000);
        } else if (data.state === "done") end(data.status, data.text);
        else end("broken", `✗ Python stopped: ${data.text}\nTry again, or open the notebook: `, true);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end("broken", "✗ Python could not be loaded. Try again, or open the notebook: ", true);
      };
      worker.postMessage(job);
    });
  }

  function setUp(box) {
    const code = box.querySelector("textarea");
    const result = box.querySelector("pre");
    const reset = box.querySelector("[data-does=reset]");
    const halt = box.querySelector("[data-does=stop]");
    const { check, needs, has, python, version, notebook } = box.dataset;
    const [module, variable, name] = check.split(":");
    const key = `dlbook:${location.pathname}#${box.id}`;
    const stub = code.defaultValue;
    let before = store.get(`${key}:before`); // what Reset took away
    let leaving = false; // Escape was pressed: the next Tab leaves

    const show = (status, text) => {
      result.textContent = text;
      result.dataset.status = status;
      if (text.endsWith(toNotebook)) {
        const link = document.createElement("a");
        Object.assign(link, { href: notebook, download: "", textContent: notebook.split("/").pop() });
        result.append(link);
      }
    };
    const changed = () => {
      code.rows = Math.max(3, code.value.split("\n").length);
      store.set(key, code.value === stub ? null : code.value);
      reset.textContent = before !== null && code.value === stub ? "Undo reset" : "Reset";
    };
    const type = (text) => { // as if typed, so that the browser can undo it
      if (!document.execCommand("insertText", false, text)) {
        code.setRangeText(text, code.selectionStart, code.selectionEnd, "end");
        changed();
      }
    };
    const replace = (text) => {
      code.focus();
      code.select();
      if (text) type(text);
      else document.execCommand("delete");
      code.setSelectionRange(0, 0);
      changed();
    };
    const go = async (checking) => {
      if (busy !== null) return busy === box ? undefined : show("refused", another);
      if (location.protocol === "file:") return show("broken", fromDisk);
      busy = box;
      box.ariaBusy = "true";
      halt.hidden = false;
      const packages = has.split(" ").filter((p) => p && (needs.split(" ").includes(p) || /\b(np|numpy)\b/.test(code.value)));
      const job = {
        code: code.value, packages, function: name, variable, module: checking ? module : "", version,
        folder: new URL(python, here).href, archive: new URL(`live/dlbook.zip?v=${version}`, here).href,
      };
      const first = worker === null;
      const told = await run(job, Number(box.dataset.seconds), (state) => show("busy", state === "running" ? "Running …"
        : first ? "Starting Python …" : "Starting …"));
      busy = stop = null;
      box.ariaBusy = "false";
      if (document.activeElement === halt) box.querySelector("[data-does=check]").focus(); // what hides must not hold the focus
      halt.hidden = true;
      show(...told);
    };
    const doReset = () => {
      if (before !== null && code.value === stub) {
        replace(before);
        before = null;
      } else if (code.value !== stub) {
        before = code.value;
        replace(stub);
      }
      store.set(`${key}:before`, before);
      changed();
    };
    const indent = (back) => {
      const start = code.value.lastIndexOf("\n", code.selectionStart - 1) + 1;
      const end = code.selectionEnd;
      if (!back && code.selectionStart === end) return type("    ");
      const lines = code.value.slice(start, end).split("\n");
      const moved = lines.map((line) => back ? line.replace(/^ {1,4}/, "") : line && `    ${line}`).join("\n");
      code.setSelectionRange(start, end);
      type(moved);
      code.setSelectionRange(lines.length > 1 ? start : start + moved.length, start + moved.length);
    };
    const newLine = () => {
      const start = code.value.lastIndexOf("\n", code.selectionStart - 1) + 1;
      const line = code.value.slice(start, code.selectionStart);
      type(`\n${line.match(/^ */)[0]}${/:\s*(#.*)?$/.test(line) ? "    " : ""}`);
    };

    code.addEventListener("keydown", (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) go(true);
      else if (event.key === "Enter" && plain && !event.shiftKey) newLine();
      else if (event.key === "Tab" && plain && !leaving) indent(event.shiftKey);
      else {
        leaving = event.key === "Escape" || (leaving && ["Tab", "Shift"].includes(event.key));
        return;
      }
      event.preventDefault();
    });
    code.addEventListener("blur", () => { leaving = false; });
    code.addEventListener("input", changed);
    box.querySelector("[data-does=check]").addEventListener("click", () => go(true));
    box.querySelector("[data-does=run]").addEventListener("click", () => go(false));
    reset.addEventListener("click", doReset);
    halt.addEventListener("click", () => stop?.("Stopped."));

    code.value = store.get(key) ?? stub;
    changed();
    box.hidden = false;
    if (location.protocol === "file:") show("broken", fromDisk);
  }

  for (const box of document.querySelectorAll(".dlb-live")) {
    setUp(box);
    document.documentElement.classList.add("dlb-has-live");
  }
})();
