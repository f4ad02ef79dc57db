/** Tokens as a row of buttons: one that is chosen throws light on those that it attends to. */

import { toFloat } from "../../core/numbers";
import type { Trace, Worked } from "../../core/trace";
import { el } from "../dom";
import type { Scene } from "./scene";
import type { Sheet } from "./sheet";

const WEIGHTS = /^A\d*$/;

export class Tokens {
  readonly element = el("section", { class: "tokens", "aria-label": "Tokens and their attention" });
  private readonly queries = el("div", { class: "chips" });
  private readonly keys = el("div", { class: "chips keys" });
  private readonly asked = row("Are asked", this.keys);
  private readonly said = el("p", { class: "said", "aria-live": "polite" });
  private scene!: Scene;
  private held: number | null = null;
  private isGlowing = false;

  constructor(private readonly sheet: Sheet) {
    this.element.append(row("Who asks?", this.queries), this.asked, this.said);
    this.queries.addEventListener("pointerover", (event) => this.point(event.target));
    this.queries.addEventListener("pointerleave", () => this.light(this.held));
    this.queries.addEventListener("focusin", (event) => this.point(event.target));
    this.queries.addEventListener("focusout", () => this.light(this.held));
    this.queries.addEventListener("click", (event) => this.hold(event.target));
  }

  show(scene: Scene): void {
    this.scene = scene;
    const [first] = weightsOf(scene.trace);
    this.element.hidden = !first || scene.later.has(first.name);
    if (!first) return;
    const { sequences } = scene.trace.plan;
    const isOne = sequences.keys === sequences.queries; // tokens ask one another
    if (this.held !== null && this.held >= first.columnLabels.length) this.held = null;
    write(this.queries, first.columnLabels, "button");
    this.asked.hidden = isOne;
    write(this.keys, isOne ? [] : first.rowLabels, "span");
    this.light(this.held);
  }

  private hold(target: EventTarget | null): void {
    const query = queryOf(target);
    if (query === null) return;
    this.held = this.held === query ? null : query;
    this.light(this.held);
  }

  private point(target: EventTarget | null): void {
    const query = queryOf(target);
    if (query !== null) this.light(query);
  }

  /** Throws light from a query on the keys, as strongly as the weights say. */
  private light(query: number | null): void {
    const weights = weightsOf(this.scene.trace);
    const isLater = weights.some(({ name }) => this.scene.later.has(name));
    for (const [index, chip] of [...this.queries.children].entries()) {
      chip.setAttribute("aria-pressed", String(index === query));
    }
    const shares = query === null || isLater ? [] : sharesOf(weights, query);
    const asked = this.asked.hidden ? this.queries : this.keys;
    for (const [index, chip] of [...asked.children].entries()) {
      (chip as HTMLElement).style.setProperty("--glow", String(shares[index] ?? 0));
    }
    if (shares.length || this.isGlowing) this.glow(query, shares.length > 0);
    this.isGlowing = shares.length > 0;
    this.said.textContent = this.sentence(query, shares);
  }

  private sentence(query: number | null, shares: readonly number[]): string {
    if (query === null) return "Choose a token: it throws light on those that it attends to.";
    if (!shares.length) return "The weights are not worked yet.";
    const [first] = weightsOf(this.scene.trace);
    const parts = shares.map((share, key) => `${first!.rowLabels[key]}: ${percent(share)}`);
    const heads = weightsOf(this.scene.trace).length > 1 ? " (mean of the heads)" : "";
    return `${first!.columnLabels[query]} attends to ${parts.join(", ")}${heads}`;
  }

  /** Lets the columns of keys and values, and the rows of keys, glow on the sheet. */
  private glow(query: number | null, isLit: boolean): void {
    for (const worked of this.scene.trace.matrices.values()) {
      const along = alongOf(worked);
      if (!along) continue;
      const all = weightsOf(this.scene.trace);
      const own = all.filter(({ step }) => worked.step?.head == null || step?.head === worked.step.head);
      const shares = isLit && query !== null ? sharesOf(own.length ? own : all, query) : null;
      worked.matrix.forEach((row, r) =>
        row.forEach((_, c) => {
          const share = shares?.[along === "columns" ? c : r];
          for (const td of this.sheet.elementsOf({ name: worked.name, cell: { row: r, column: c } })) {
            if (share === undefined) td.style.removeProperty("--glow");
            else td.style.setProperty("--glow", share.toFixed(3));
          }
        }),
      );
    }
  }
}

const weightsOf = (trace: Trace): Worked[] =>
  [...trace.matrices.values()].filter(({ name }) => WEIGHTS.test(name));

/** Returns the mean weight of each key over heads. */
function sharesOf(weights: readonly Worked[], query: number): number[] {
  return weights[0]!.matrix.map((_, key) => {
    const all = weights.map(({ matrix }) => toFloat(matrix[key]![query]!));
    return all.reduce((sum, share) => sum + share, 0) / all.length;
  });
}

/** Tells along which way a matrix has keys, or tokens that are keys. */
function alongOf({ name, axes, step }: Worked): "columns" | "rows" | null {
  if (/^[KV]\d*$/.test(name) || (!step && /^[XY]$/.test(name) && axes.columns !== "queries")) {
    return "columns";
  }
  return /^K_T\d*$/.test(name) ? "rows" : null;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function queryOf(target: EventTarget | null): number | null {
  const chip = target instanceof Element ? target.closest<HTMLElement>("[data-token]") : null;
  return chip ? Number(chip.dataset.token) : null;
}

const row = (label: string, chips: HTMLElement): HTMLElement =>
  el("div", { class: "row" }, el("span", { class: "label" }, label), chips);

/** Writes chips anew where their words have changed. */
function write(home: HTMLElement, words: readonly string[], kind: "button" | "span"): void {
  const now = [...home.children].map((chip) => chip.textContent);
  if (now.length === words.length && words.every((word, index) => word === now[index])) return;
  home.replaceChildren(
    ...words.map((word, index) =>
      el(kind, { class: "chip", "data-token": index, ...(kind === "button" ? { type: "button" } : {}) }, word),
    ),
  );
}
