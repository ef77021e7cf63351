// Python, away from the page, so that an endless loop can be stopped. See live.js and dlbook/practice/live.py.
let started = null;

async function start(folder, archive) {
  const { loadPyodide } = await import(`${folder}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: folder });
  const answer = await fetch(archive);
  if (!answer.ok) throw new Error(`${answer.status} for ${archive}`);
  python.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: "/lib/book" });
  python.runPython("import sys; sys.path.append('/lib/book')");
  return { python, live: python.pyimport("dlbook.practice.live") };
}

onmessage = async ({ data }) => {
  started ??= start(data.folder, data.archive);
  try {
    const { python, live } = await started;
    if (data.code === undefined) return; // only to start
    if (data.packages.length) {
      await python.loadPackage(data.packages, { messageCallback() {} });
      for (const name of data.packages) python.pyimport(name);
    }
    const exercise = data.module ? live.exercise(data.module, data.variable) : undefined;
    postMessage({ state: "running" });
    const found = live.run(data.code, exercise, data.function);
    const [status, text] = found.toJs();
    postMessage({ state: "done", status, text });
  } catch (error) {
    if (data.code === undefined) return; // whoever asks next is told
    postMessage({ state: "broken", text: String(error.message ?? error) });
  }
};
