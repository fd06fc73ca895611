// Colours for a terminal, or none.
import { styleText } from "node:util";

/** The few styles that commands use. */
export type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** Puts a style on a text; the text's own width does not change. */
export type Paint = (style: Style, text: string) => string;

/** A painter that does nothing without colour. */
export function painter(colour: boolean): Paint {
	// The terminal was looked at before: what Node finds out about stdout by itself must not overrule it.
	return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}
