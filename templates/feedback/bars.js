document.addEventListener("DOMContentLoaded", () => {
  const plot = document.querySelector(".plot");
  // Without plotly, or with scripts off, the table says the same.
  if (typeof Plotly === "undefined" || plot === null) return;
  const bars = JSON.parse(plot.dataset.bars);

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  /** Plotly reads labels as a kind of HTML; these are plain text. */
  function plain(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  }

  function traces() {
    const labels = bars.map((bar) => plain(bar.id));
    const shared = { type: "bar", orientation: "h", y: labels, width: 0.56 };
    const open = bars.map((bar) => bar.maxScore - bar.score);
    const outline = bars.map((bar) => colour(bar.judged ? "--muted" : "--unjudged"));
    const hollow = { color: "rgba(0,0,0,0)", line: { color: outline, width: 1 } };
    const texts = bars.map((bar) => `  ${bar.scoreText}${bar.judged ? ` / ${bar.maxText}` : ""}`);
    return [
      { ...shared, x: bars.map((bar) => bar.score), marker: { color: colour("--bar") } },
      { ...shared, x: open, marker: hollow, text: texts, textposition: "outside", cliponaxis: false },
    ];
  }

  function layout() {
    const longest = Math.max(...bars.map((bar) => bar.maxScore), 1);
    return {
      barmode: "stack",
      showlegend: false,
      height: 72 + 36 * bars.length,
      margin: { l: 8, r: bars.every((bar) => bar.judged) ? 96 : 136, t: 8, b: 48 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 14, color: colour("--text") },
      xaxis: {
        title: { text: "points", font: { color: colour("--muted"), size: 14 } },
        range: [0, longest],
        zeroline: true,
        zerolinecolor: colour("--muted"),
        gridcolor: colour("--line"),
        tickfont: { color: colour("--muted") },
        fixedrange: true,
      },
      yaxis: {
        autorange: "reversed",
        automargin: true,
        fixedrange: true,
        type: "category",
        ticksuffix: "  ",
      },
    };
  }

  function draw() {
    document.documentElement.classList.add("plotted");
    return Plotly.react(plot, traces(), layout(), { staticPlot: true, responsive: true });
  }

  function giveUp() {
    document.documentElement.classList.remove("plotted");
  }

  draw().catch(giveUp);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw().catch(giveUp));
});
