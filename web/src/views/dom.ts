/** Makes elements; text is always text, so nothing that a stranger wrote becomes markup. */

type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const MATHML = "http://www.w3.org/1998/Math/MathML";

/** Makes an element; `true` sets an attribute without a value, `false` and undefined none. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** Makes an element of MathML. */
export function math(name: string, ...children: Child[]): Element {
  const made = document.createElementNS(MATHML, name);
  made.append(...children);
  return made;
}

export function button(text: Child, attributes: Attributes, press: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", press);
  return made;
}
