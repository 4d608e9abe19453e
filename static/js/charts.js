// Draws each table that asks for it: numbers, names and links are read from the table, so that they cannot differ.
(() => {
  const TONES = {
    red: "#b3261e",
    orange: "#d2691e",
    yellow: "#d9a400",
    green: "#2e7d4f",
    teal: "#4a9aa5",
    blue: "#2f6fb0",
    grey: "#7a828a",
  };
  const PALETTE = Object.values(TONES);
  const SUM = "合计";

  const read = (table) => {
    const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows]
      .filter((row) => !row.classList.contains("row-sum"))
      .map((row) => ({
        name: row.cells[0].textContent.trim(),
        cells: [...row.cells].slice(1).map((cell) => ({
          count: Number(cell.textContent.trim()) || 0,
          url: cell.querySelector("a")?.href || "",
        })),
      }));
    return { heads, rows };
  };

  const seriesOf = (table, { heads, rows }) => {
    const tones = table.dataset.tones ? table.dataset.tones.split(",") : [];
    return heads
      .map((name, column) => ({
        name,
        type: table.dataset.chart === "lines" ? "line" : "bar",
        stack: table.dataset.chart === "stacked" ? "all" : undefined,
        barMaxWidth: 22,
        symbolSize: 9,
        itemStyle: tones[column] ? { color: TONES[tones[column]] } : undefined,
        cursor: "pointer",
        data: rows.map((row) => ({ value: row.cells[column].count, url: row.cells[column].url })),
      }))
      .filter((one) => !(table.dataset.chart === "stacked" && one.name === SUM))
      .filter((one) => one.data.some((point) => point.value));
  };

  const optionOf = (table) => {
    const found = read(table);
    const names = found.rows.map((row) => row.name);
    const upright = table.dataset.chart === "lines";
    const axis = { type: "category", data: names, axisLabel: { width: 150, overflow: "truncate" } };
    const numbers = { type: "value", minInterval: 1 };
    return {
      animation: false,
      aria: { enabled: true },
      color: PALETTE,
      grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
      legend: { top: 0, type: "scroll" },
      tooltip: { trigger: "item", renderMode: "richText" },
      xAxis: upright ? axis : numbers,
      yAxis: upright ? numbers : { ...axis, inverse: true },
      series: seriesOf(table, found),
    };
  };

  const draw = (place) => {
    const table = document.getElementById(place.dataset.chartFor);
    const rows = table.tBodies[0].rows.length;
    place.hidden = false;
    place.classList.add(rows > 12 ? "chart-tall" : "chart-short");
    const chart = echarts.init(place);
    chart.setOption(optionOf(table));
    chart.on("click", (mark) => {
      if (mark.data?.url) window.location.assign(mark.data.url);
    });
    new ResizeObserver(() => chart.resize()).observe(place);
  };

  const drawAll = (root) => root.querySelectorAll("[data-chart-for][hidden]").forEach(draw);
  if (!window.echarts) return;
  drawAll(document);
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
})();
