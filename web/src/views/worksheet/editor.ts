/** Changes an input where it stands: click it, or begin to type. */

import type { Fraction } from "../../core/fraction";
import { readNumber, type Num } from "../../core/numbers";
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
    private readonly commit: (place: Place, number: Num) => void,
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
      if (this.close(event.key === "Enter")) home!.focus();
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

  /** Takes the number or drops it; stays open on what is none, and then returns false. */
  private close(keeps: boolean): boolean {
    const { place, home } = this;
    if (!place || !home) return false;
    const [number, problem] = keeps ? this.read(place) : [null, ""];
    if (problem && document.activeElement === this.field) {
      this.complain(problem);
      return false;
    }
    this.place = this.home = null; // to be taken out is to lose the focus, which closes
    home.classList.remove("editing");
    this.field.remove();
    if (number) this.commit(place, number);
    return true;
  }

  private read(place: Place): [Fraction | null, string] {
    try {
      const number = readNumber(this.field.value);
      const isVisible = number.isWhole && (number.top === 0n || number.top === 1n);
      if (place.name !== "mask" || isVisible) return [number, ""];
      return [null, "a mask has 1 (may see) and 0 (may not)"];
    } catch (error) {
      return [null, (error as Error).message];
    }
  }

  private complain(problem: string): void {
    this.field.setCustomValidity(problem);
    this.field.setAttribute("aria-invalid", String(!!problem));
    if (problem) this.field.reportValidity();
  }
}
