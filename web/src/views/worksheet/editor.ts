/** Changes an input where it stands: click it, or begin to type. */

import { readNumber } from "../../core/numbers";
import type { Num } from "../../core/numbers";
import { el } from "../dom";
import type { Place, Sheet } from "./sheet";

export class Editor {
  private readonly field = el("input", {
    class: "editor",
    autocomplete: "off",
    spellcheck: "false",
    inputmode: "text",
  });
  private place: Place | null = null;
  private home: HTMLTableCellElement | null = null;

  constructor(
    private readonly sheet: Sheet,
    private readonly commit: (place: Place, number: Num) => string,
  ) {
    sheet.element.addEventListener("click", (event) => this.open(event.target, null));
    sheet.element.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("blur", () => this.close(true));
    this.field.addEventListener("input", () => this.complain(""));
  }

  private press(event: KeyboardEvent): void {
    if (event.target === this.field) {
      this.pressInside(event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyped = /^[-0-9.]$/.test(event.key);
    if (!isTyped && event.key !== "Enter" && event.key !== "F2") return;
    if (this.open(event.target, isTyped ? event.key : null)) event.preventDefault();
  }

  private pressInside(event: KeyboardEvent): void {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      const { home } = this;
      this.close(event.key === "Enter");
      if (!this.home) home?.focus();
    }
    event.stopPropagation(); // arrows move within the text
  }

  /** Opens on a cell of an input; `typed` replaces what stands there. */
  private open(target: EventTarget | null, typed: string | null): boolean {
    const place = this.sheet.placeOf(target);
    if (!place || target === this.field || this.sheet.worked(place.name).step) return false;
    const td = (target as Element).closest("td")!;
    this.place = place;
    this.home = td;
    this.field.value = typed ?? td.textContent ?? "";
    this.field.setAttribute("aria-label", `${place.name}, new number`);
    this.complain("");
    td.classList.add("editing");
    td.append(this.field);
    this.field.focus();
    if (typed === null) this.field.select();
    return true;
  }

  private close(keeps: boolean): void {
    const { place, home } = this;
    if (!place || !home) return;
    const problem = keeps ? this.take(place) : "";
    if (problem && document.activeElement === this.field) {
      this.complain(problem);
      return;
    }
    this.place = this.home = null;
    home.classList.remove("editing");
    this.field.remove();
  }

  private take(place: Place): string {
    try {
      const number = readNumber(this.field.value);
      const isVisible = number.isWhole && (number.top === 0n || number.top === 1n);
      if (place.name === "mask" && !isVisible) return "a mask has 1 (may see) and 0 (may not)";
      return this.commit(place, number);
    } catch (error) {
      return (error as Error).message;
    }
  }

  private complain(problem: string): void {
    this.field.setCustomValidity(problem);
    this.field.setAttribute("aria-invalid", String(!!problem));
    if (problem) this.field.reportValidity();
  }
}
