/** The arithmetic of a cell, spelled out beside it and never below the fold. */

import { equationText, symbolText } from "../../core/plain";
import { sayingOf } from "../../core/export";
import { backToInputs, equationOf } from "../../core/trace";
import { button, el } from "../dom";
import { equationMath } from "../mathml";
import type { Scene } from "./scene";
import type { Place } from "./sheet";

const GAP = 14;
const EDGE = 8;

/** Where a screen reader finds the arithmetic of the cell that has the focus. */
export const SPOKEN_ID = "limelight-arithmetic";

export class Card {
  readonly element = el("div", { class: "card", role: "region", "aria-label": "Arithmetic" });
  private readonly head = el("p", { class: "place" });
  private readonly equation = el("div", { class: "equation", "aria-hidden": "true" });
  private readonly spoken = el("p", { id: SPOKEN_ID, class: "unseen" });
  private readonly saying = el("p", { class: "saying" });
  private readonly toggle: HTMLButtonElement;

  constructor(toggleOrigin: () => void) {
    this.toggle = button("", { class: "quiet", "aria-pressed": "false" }, toggleOrigin);
    this.element.append(this.head, this.equation, this.spoken, this.saying, this.toggle);
    this.hide();
  }

  show(scene: Scene, place: Place, isWhole: boolean): void {
    const { orientation, style } = scene;
    const worked = scene.trace.matrices.get(place.name)!;
    const equation = orientation.equation(equationOf(worked, place.cell));
    this.head.textContent = placeText(scene, place);
    this.equation.replaceChildren(equationMath(equation, style));
    this.spoken.textContent = equationText(equation, style);
    const said = worked.step ? sayingOf(worked.step, orientation) : MEANING;
    this.saying.textContent = [said, equation.note === "given" ? "" : equation.note]
      .filter(Boolean)
      .join("; ");
    this.toggle.hidden = !worked.step;
    this.toggle.setAttribute("aria-pressed", String(isWhole));
    this.toggle.textContent = isWhole ? originText(scene, place) : "Everything it comes from";
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Stands beside a cell: at the right of its box where there is room, else below or above. */
  stand(cell: Element): void {
    const { style } = this.element;
    style.left = style.top = "0";
    const at = cell.getBoundingClientRect();
    const box = (cell.closest(".box") ?? cell).getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    const [width, height] = [document.documentElement.clientWidth, window.innerHeight];
    let left = box.right + GAP;
    let top = at.top - GAP;
    if (left + own.width > width - EDGE) {
      left = Math.max(EDGE, Math.min(at.left, width - own.width - EDGE));
      const below = at.bottom + GAP;
      top = below + own.height <= height - EDGE ? below : at.top - GAP - own.height;
    }
    style.left = `${left}px`;
    style.top = `${Math.max(EDGE, Math.min(top, height - own.height - EDGE))}px`;
  }
}

const MEANING = "given: click it, or press Enter, to change it";

/** Says which cell it is, with the words along its row and its column. */
function placeText(scene: Scene, { name, cell }: Place): string {
  const { orientation } = scene;
  const worked = scene.trace.matrices.get(name)!;
  const shown = orientation.cell(cell);
  const words = [
    wordOf(worked.axes.rows, worked.rowLabels[cell.row]!),
    wordOf(worked.axes.columns, worked.columnLabels[cell.column]!),
  ];
  const [row, column] = orientation.isTurned ? words.reverse() : words;
  const place = `${symbolText(name)}[${shown.row + 1},${shown.column + 1}]`;
  return [place, [row, column].filter(Boolean).join(", ")].filter(Boolean).join("  ·  ");
}

const SINGULAR: Record<string, string> = {
  tokens: "token",
  keys: "key",
  queries: "query",
  features: "feature",
};

const wordOf = (axis: string, label: string): string =>
  SINGULAR[axis] ? `${SINGULAR[axis]} ${label}` : "";

function originText(scene: Scene, { name, cell }: Place): string {
  const found = backToInputs(scene.trace.matrices.get(name)!, cell);
  let given = 0;
  for (const [source, cells] of found) {
    if (!scene.trace.matrices.get(source)!.step) given += cells.size;
  }
  return `It comes from ${given} given ${given === 1 ? "number" : "numbers"}`;
}
