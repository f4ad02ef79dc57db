/** Boxes in a grid in which rows and columns meet: what is above a product, and what is beside. */

import { symbol } from "../../core/expressions";
import { sayingOf } from "../../core/export";
import { boxesOf, type Line, type Tableau } from "../../core/layout";
import type { Worked } from "../../core/trace";
import { el } from "../dom";
import { formulaMath } from "../mathml";
import { drawBox, type Box } from "./box";
import { cellText, otherText, stageNumbers, type Scene } from "./scene";

/** Draws tableaux, remembering what stands on the sheet already. */
export class Drafter {
  readonly boxes: Box[] = [];
  /** Boxes that share their columns, and so their width. */
  readonly groups: Box[][] = [];
  private readonly shown = new Set<string>();
  private readonly numbers;
  private stage = "";

  constructor(
    private readonly scene: Scene,
    private readonly level: 2 | 3,
  ) {
    this.numbers = stageNumbers(scene.trace);
  }

  tableau(tableau: Tableau): HTMLElement {
    const { isTurned } = this.scene.orientation;
    const grid = el("div", { class: isTurned ? "tableau turned" : "tableau" });
    const shares = isTurned ? acrossOf(tableau) : alongOf(tableau);
    const groups = shares.map((names) => ({
      letters: Math.max(...names.map((name) => this.letters(name))),
      names,
      boxes: [] as Box[],
    }));
    let columns = "";
    const box = (name: string, isMain: boolean): HTMLElement => {
      const group = groups.find(({ names }) => names.includes(name))!;
      const worked = this.worked(name);
      const axis = isMain && !isTurned ? worked.axes.columns : "";
      const showsColumnLabels = !axis || axis !== columns;
      if (axis) columns = axis;
      const { letters } = group;
      const look = { letters, isCopy: this.shown.has(name), showsColumnLabels };
      this.shown.add(name);
      const drawn = drawBox(this.scene, worked, look);
      this.boxes.push(drawn);
      group.boxes.push(drawn);
      return drawn.element;
    };
    if (tableau.head !== null) {
      grid.append(el("div", { class: "main head" }, box(tableau.head, true)));
    }
    const below = el("div", { class: "below" });
    for (const line of tableau.lines) {
      const beside = line.beside.map((name) => box(name, false));
      if (beside.length) grid.append(el("div", { class: "beside" }, ...beside));
      grid.append(el("div", { class: "main" }, box(line.box, true)));
      (isTurned ? below : grid).append(this.words(line));
    }
    this.groups.push(...groups.map(({ boxes }) => boxes));
    return isTurned ? el("div", {}, grid, below) : grid;
  }

  /** Says how a line is worked, under the stage's name where one begins. */
  private words(line: Line): HTMLElement {
    const { orientation, style } = this.scene;
    const { step } = this.worked(line.box);
    if (!step) return el("div", { class: "words" });
    const made = orientation.expression(step.operation.formula(...step.operands.map(symbol)));
    const begins = step.stage.title !== this.stage;
    this.stage = step.stage.title;
    const title = `${this.numbers.get(step.stage)} ${step.stage.title}`;
    const heading = begins ? [el(this.level === 2 ? "h2" : "h3", { class: "stage" }, title)] : [];
    return el(
      "div",
      { class: "words", "data-step": step.name },
      ...heading,
      el("p", { class: "formula" }, formulaMath(step.name, made, style)),
      el("p", { class: "saying" }, sayingOf(step, orientation)),
    );
  }

  private worked(name: string): Worked {
    return this.scene.trace.matrices.get(name)!;
  }

  /** Returns how many letters the widest cell of a matrix has. */
  private letters(name: string): number {
    const worked = this.worked(name);
    let most = 0;
    const scene = { ...this.scene, later: new Set<string>() }; // room for what is to come
    worked.matrix.forEach((row, r) =>
      row.forEach((_, c) => {
        const cell = { row: r, column: c };
        const small = 0.8 * otherText(scene, worked, cell).length;
        most = Math.max(most, cellText(scene, worked, cell).length, Math.ceil(small));
      }),
    );
    const labels = this.scene.orientation.isTurned ? worked.rowLabels : worked.columnLabels;
    const label = Math.max(...labels.map((each) => each.length));
    return Math.max(most, Math.min(label, LONGEST_LABEL));
  }
}

const LONGEST_LABEL = 8;

/** Returns names that share their columns where tokens are columns: the spine, and each beside. */
const alongOf = (tableau: Tableau): string[][] => {
  const lines = tableau.lines.map((line) => line.box);
  const spine = tableau.head === null ? lines : [tableau.head, ...lines];
  return [spine, ...boxesOf(tableau).map((name) => [name])];
};

/** Returns names that share their columns where tokens are rows: the boxes of each line. */
const acrossOf = (tableau: Tableau): string[][] => [
  ...(tableau.head === null ? [] : [[tableau.head]]),
  ...tableau.lines.map((line) => [...line.beside, line.box]),
];
