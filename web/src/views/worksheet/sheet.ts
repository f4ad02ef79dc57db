/** The worksheet: draws a scene, and finds the cells on it. */

import type { Cell } from "../../core/matrix";
import type { Worked } from "../../core/trace";
import { el } from "../dom";
import { fillBox, type Box } from "./box";
import { structureOf, type Scene } from "./scene";
import { Drafter } from "./tableau";

/** A cell that somebody points at: its matrix, and its place as it was worked. */
export interface Place {
  readonly name: string;
  readonly cell: Cell;
}

export class Sheet {
  readonly element = el("div", { class: "sheet" });
  private boxes: readonly Box[] = [];
  private groups: readonly (readonly Box[])[] = [];
  private byName = new Map<string, Box[]>();
  private structure = "";
  private scene!: Scene;

  /** Draws a scene; where only numbers have changed, only numbers are written. */
  show(scene: Scene): void {
    const structure = structureOf(scene);
    const isSame = structure === this.structure;
    this.scene = scene;
    this.structure = structure;
    if (isSame) for (const box of this.boxes) fillBox(scene, this.worked(box.name), box);
    else this.draw();
    for (const group of this.groups) widen(group);
    this.element.classList.toggle("compared", scene.other !== null);
    this.markWords();
  }

  worked(name: string): Worked {
    return this.scene.trace.matrices.get(name)!;
  }

  /** Returns every place on the sheet where a cell stands. */
  elementsOf({ name, cell }: Place): HTMLTableCellElement[] {
    const { row, column } = this.scene.orientation.cell(cell);
    return this.boxesOf(name).map((box) => box.cells[row]![column]!);
  }

  boxesOf(name: string): readonly Box[] {
    return this.byName.get(name) ?? [];
  }

  /** Returns the place that an element belongs to, or null. */
  placeOf(target: EventTarget | null): Place | null {
    const td = target instanceof Element ? target.closest<HTMLElement>("td[data-at]") : null;
    const name = td?.closest<HTMLElement>(".box")?.dataset.name;
    if (!td || name === undefined) return null;
    const [row, column] = td.dataset.at!.split(",").map(Number);
    return { name, cell: this.scene.orientation.cell({ row: row!, column: column! }) };
  }

  private draw(): void {
    const { parts } = this.scene;
    const hasParts = parts.some((part) => part.title);
    const drafter = new Drafter(this.scene, hasParts ? 3 : 2);
    this.element.replaceChildren(
      ...parts.map((part) =>
        el(
          "section",
          { class: "part" },
          ...(part.title ? [el("h2", {}, part.title)] : []),
          ...part.tableaux.map((tableau) => el("div", { class: "scroll" }, drafter.tableau(tableau))),
        ),
      ),
    );
    this.boxes = drafter.boxes;
    this.groups = drafter.groups;
    this.byName = new Map();
    for (const box of this.boxes) {
      this.byName.set(box.name, [...(this.byName.get(box.name) ?? []), box]);
    }
  }

  private markWords(): void {
    for (const words of this.element.querySelectorAll<HTMLElement>(".words")) {
      const step = words.dataset.step!;
      words.classList.toggle("later", this.scene.later.has(step));
      words.classList.toggle("current", this.scene.current === step);
    }
  }
}

/** Gives columns room where a number has outgrown them; they do not shrink under one's eyes. */
function widen(group: readonly Box[]): void {
  const lengths = group.flatMap((box) => box.cells.flat().map((td) => lettersIn(td)));
  const most = Math.max(2, ...lengths);
  for (const { element } of group) {
    if (most <= Number(element.style.getPropertyValue("--letters"))) continue;
    element.style.setProperty("--letters", String(most));
  }
}

const lettersIn = (td: HTMLTableCellElement): number => td.firstChild?.nodeValue?.length ?? 0;
