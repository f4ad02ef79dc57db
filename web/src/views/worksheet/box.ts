/** One matrix on the worksheet: a labelled grid of cells to point at. */

import type { Cell } from "../../core/matrix";
import { toFloat } from "../../core/numbers";
import { symbolText } from "../../core/plain";
import { formulaText } from "../../core/export";
import type { Worked } from "../../core/trace";
import { el } from "../dom";
import { symbolMath } from "../mathml";
import { cellText, otherText, type Scene } from "./scene";

/** A matrix may stand on the sheet more than once; each time it is a box. */
export interface Box {
  readonly name: string;
  readonly element: HTMLElement;
  readonly table: HTMLTableElement;
  /** As they are shown, row by row. */
  readonly cells: readonly (readonly HTMLTableCellElement[])[];
}

export interface BoxLook {
  /** Letters of the widest number of those that share its columns. */
  readonly letters: number;
  readonly isCopy: boolean;
  readonly showsColumnLabels: boolean;
}

export function drawBox(scene: Scene, worked: Worked, look: BoxLook): Box {
  const { orientation } = scene;
  const axes = orientation.axes(worked.axes);
  const shown = orientation.matrix(worked.matrix);
  const [rowLabels, columnLabels] = orientation.isTurned
    ? [worked.columnLabels, worked.rowLabels]
    : [worked.rowLabels, worked.columnLabels];
  const cells = shown.map((row, r) =>
    row.map((_, c) => el("td", { "data-at": `${r},${c}`, tabindex: r || c ? -1 : 0 })),
  );
  const heads = columnLabels.map((label, c) =>
    el("th", { scope: "col", "data-line": c, title: label }, label),
  );
  const body = cells.map((row, r) =>
    el("tr", {}, el("th", { scope: "row", "data-line": r, title: rowLabels[r]! }, rowLabels[r]!), ...row),
  );
  const table = el(
    "table",
    {
      role: "grid",
      "aria-label": labelOf(scene, worked),
      "aria-readonly": worked.step ? "true" : "false",
      class: look.showsColumnLabels ? "" : "unlabelled",
    },
    el("colgroup", {}, el("col", { class: "labels" }), ...columnLabels.map(() => el("col"))),
    el("thead", {}, el("tr", {}, el("td", { class: "corner" }), ...heads)),
    el("tbody", {}, ...body),
  );
  const size = el("small", {}, `${axes.rows} × ${axes.columns}`);
  const caption = el("p", { class: "name", "aria-hidden": "true" }, symbolMath(worked.name), size);
  const kinds = ["box", worked.step ? "worked" : "given", ...(look.isCopy ? ["copy"] : [])];
  const element = el("div", { class: kinds.join(" "), "data-name": worked.name }, caption, table);
  element.style.setProperty("--letters", String(Math.max(look.letters, 2)));
  const box = { name: worked.name, element, table, cells };
  fillBox(scene, worked, box);
  return box;
}

/** Writes the numbers into a box that is there. */
export function fillBox(scene: Scene, worked: Worked, box: Box): void {
  const isLater = scene.later.has(worked.name);
  const isWeights = /^A\d*$/.test(worked.name);
  box.element.classList.toggle("later", isLater);
  box.element.classList.toggle("current", scene.current === worked.name);
  box.cells.forEach((row, r) =>
    row.forEach((td, c) => {
      const cell = scene.orientation.cell({ row: r, column: c });
      const text = cellText(scene, worked, cell);
      const other = otherText(scene, worked, cell);
      if (td.dataset.text === `${text}|${other}`) return;
      td.dataset.text = `${text}|${other}`;
      td.replaceChildren(minus(text), ...(other ? [el("small", {}, minus(other))] : []));
      if (isLater) td.setAttribute("aria-label", "not worked yet");
      else td.removeAttribute("aria-label");
      if (isWeights) td.style.setProperty("--weight", isLater ? "0" : weightOf(worked, cell));
    }),
  );
}

const minus = (text: string): string => text.replaceAll("-", "\u2212");

const weightOf = (worked: Worked, cell: Cell): string =>
  toFloat(worked.matrix[cell.row]![cell.column]!).toFixed(3);

function labelOf(scene: Scene, worked: Worked): string {
  const axes = scene.orientation.axes(worked.axes);
  const said = worked.step ? `, ${formulaText(worked.step, scene.orientation)}` : ", given";
  return `${symbolText(worked.name)}: ${axes.rows} down, ${axes.columns} across${said}`;
}
