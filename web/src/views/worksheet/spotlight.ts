/** The spotlight: a cell that is pointed at lights up the row and the column that make it. */

import { cellKey } from "../../core/matrix";
import { backToInputs, madeFrom } from "../../core/trace";
import { SPOKEN_ID, type Card } from "./card";
import type { Scene } from "./scene";
import type { Place, Sheet } from "./sheet";

const STEPS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Milliseconds that the light stays while the mouse is on its way to the card. */
const ON_THE_WAY = 250;

export class Spotlight {
  private hovered: Place | null = null;
  private held: Place | null = null;
  private anchor: Element | null = null;
  private isWhole = false;
  private lit: Element[] = [];
  private leaving: number | undefined;
  private mouse: readonly [number, number] = [-1, -1];

  constructor(
    private readonly sheet: Sheet,
    private readonly card: Card,
    private readonly scene: () => Scene,
  ) {
    const { element } = sheet;
    element.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse" && this.hasMoved(event)) this.hover(event.target);
    });
    window.addEventListener("pointermove", (event) => this.hasMoved(event), { passive: true });
    element.addEventListener("pointerleave", () => this.hover(null));
    card.element.addEventListener("pointerenter", () => window.clearTimeout(this.leaving));
    card.element.addEventListener("pointerleave", () => this.hover(null));
    element.addEventListener("focusin", (event) => this.hold(event.target));
    element.addEventListener("click", (event) => this.hold(event.target));
    element.addEventListener("keydown", (event) => this.press(event));
    window.addEventListener("scroll", () => this.follow(), { capture: true, passive: true });
    window.addEventListener("resize", () => this.follow());
  }

  /** Throws light on a place and keeps it there. */
  show(place: Place, isWhole = false): void {
    this.held = place;
    this.hovered = null;
    this.isWhole = isWhole;
    this.anchor = this.mainElement(place);
    this.render();
  }

  /** Lets go of everything. */
  release(): void {
    this.held = this.hovered = this.anchor = null;
    this.isWhole = false;
    this.render();
  }

  /** Lights everything that a cell comes from, or only what it is made of. */
  toggleOrigin(): void {
    if (!this.isWhole) this.held ??= this.hovered;
    this.isWhole = !this.isWhole;
    this.render();
  }

  /** Draws the light again on a sheet that has changed. */
  render(): void {
    for (const element of this.lit) element.classList.remove("spot", "lit", "origin");
    this.lit = [];
    const place = this.hovered ?? this.held;
    const scene = this.scene();
    if (!place || !this.isThere(place, scene)) {
      this.card.hide();
      return;
    }
    const worked = this.sheet.worked(place.name);
    if (this.isWhole) {
      for (const [name, cells] of backToInputs(worked, place.cell)) {
        for (const cell of cells.values()) this.mark({ name, cell }, "origin");
      }
    }
    for (const [operand, cells] of madeFrom(worked, place.cell)) {
      for (const cell of cells) this.mark({ name: operand.name, cell }, "lit");
    }
    this.mark(place, "spot");
    this.card.show(scene, place, this.isWhole);
    this.follow();
  }

  /** Tells whether the mouse has moved; a page that scrolls under it points at nothing. */
  private hasMoved({ screenX, screenY }: PointerEvent): boolean {
    const [x, y] = this.mouse;
    this.mouse = [screenX, screenY];
    return x !== screenX || y !== screenY;
  }

  private hover(target: EventTarget | null): void {
    const place = this.sheet.placeOf(target);
    window.clearTimeout(this.leaving);
    if (!place) {
      if (this.hovered) this.leaving = window.setTimeout(() => this.leave(), ON_THE_WAY);
      return;
    }
    if (this.hovered && isSame(place, this.hovered)) return;
    this.hovered = place;
    this.anchor = (target as Element).closest("td");
    this.render();
  }

  private leave(): void {
    this.hovered = null;
    this.anchor = this.heldElement();
    this.render();
  }

  private hold(target: EventTarget | null): void {
    const place = this.sheet.placeOf(target);
    if (!place) return;
    if (!this.held || !isSame(place, this.held)) this.isWhole = false;
    this.held = place;
    const td = (target as Element).closest("td")!;
    this.anchor = td;
    for (const other of td.closest("table")!.querySelectorAll("td[tabindex='0']")) {
      other.setAttribute("tabindex", "-1");
    }
    td.setAttribute("tabindex", "0");
    td.setAttribute("aria-describedby", SPOKEN_ID);
    this.render();
  }

  private press(event: KeyboardEvent): void {
    const td = event.target instanceof HTMLTableCellElement ? event.target : null;
    if (!td || !this.held) return;
    const step = STEPS[event.key];
    if (step) {
      const [row, column] = td.dataset.at!.split(",").map(Number);
      const next = `${row! + step[0]},${column! + step[1]}`;
      td.closest("table")!.querySelector<HTMLElement>(`td[data-at="${next}"]`)?.focus();
    } else if (event.key === " ") {
      this.toggleOrigin();
    } else if (event.key === "Escape") {
      this.release();
    } else {
      return;
    }
    event.preventDefault();
  }

  private mark(place: Place, kind: string): void {
    for (const element of this.sheet.elementsOf(place)) {
      element.classList.add(kind);
      this.lit.push(element);
    }
  }

  private follow(): void {
    if (this.card.element.hidden || !this.anchor) return;
    if (!this.anchor.isConnected) this.anchor = this.heldElement();
    if (this.anchor) this.card.stand(this.anchor);
  }

  private heldElement(): Element | null {
    return this.held ? this.mainElement(this.held) : null;
  }

  /** Returns the cell where it is worked, not one of its copies. */
  private mainElement(place: Place): Element | null {
    if (!this.isThere(place, this.scene())) return null;
    const all = this.sheet.elementsOf(place);
    return all.find((td) => td.closest(".main") && !td.closest(".copy")) ?? all[0] ?? null;
  }

  private isThere({ name, cell }: Place, scene: Scene): boolean {
    const worked = scene.trace.matrices.get(name);
    const isDrawn = this.sheet.boxesOf(name).length > 0;
    return isDrawn && !scene.later.has(name) && worked?.matrix[cell.row]?.[cell.column] !== undefined;
  }
}

const isSame = (one: Place, other: Place): boolean =>
  one.name === other.name && cellKey(one.cell) === cellKey(other.cell);
