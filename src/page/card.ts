// A message to Teams: its Adaptive Card, drawn by Microsoft's own renderer.
import {
	AdaptiveCard,
	type CardElement,
	CardObjectRegistry,
	GlobalRegistry,
	HostConfig,
	OpenUrlAction,
	SerializationContext,
	ToggleVisibilityAction,
} from "adaptivecards";
import { isJsonObject, type JsonObject } from "../lib/json.ts";
import { Element, inBrowser, keep } from "./dom.ts";
import type { Draw } from "./draw.ts";
import { type Html, h, join } from "./html.ts";
import { MARKDOWN } from "./inline.ts";
import { blocks } from "./markdown.ts";
import type { Sheet } from "./sheet.ts";
import { objectsOf } from "./values.ts";

const color = (name: string) => ({ default: `var(--${name})`, subtle: `var(--${name === "fg" ? "dim" : name})` });
const COLORS = {
	default: color("fg"),
	dark: color("fg"),
	light: color("dim"),
	accent: color("link"),
	good: color("good"),
	warning: color("warn"),
	attention: color("bad"),
};

/** The sizes of Teams, in colours that follow the reader's theme. */
const HOST = {
	fontTypes: {
		default: { fontFamily: "inherit" },
		monospace: { fontFamily: "ui-monospace, Menlo, Consolas, monospace" },
	},
	fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
	spacing: { small: 4, default: 8, medium: 12, large: 20, extraLarge: 30, padding: 16 },
	separator: { lineThickness: 1, lineColor: "var(--line)" },
	containerStyles: {
		default: { backgroundColor: "transparent", foregroundColors: COLORS },
		emphasis: { backgroundColor: "var(--box)", foregroundColors: COLORS },
	},
	actions: { maxActions: 20, actionsOrientation: "horizontal", buttonSpacing: 8 },
};

export const drawTeams: Draw = (body, sheet) => {
	const cards = [body, ...objectsOf(body["attachments"]).map(({ content }) => content)].flatMap((value) =>
		isJsonObject(value) && value["type"] === "AdaptiveCard" ? [draw(value, sheet)] : [],
	);
	return cards.length === 0 ? undefined : h("div", {}, cards);
};

function draw(value: JsonObject, sheet: Sheet): Html {
	return inBrowser(() => {
		const card = new AdaptiveCard();
		card.hostConfig = new HostConfig(HOST);
		AdaptiveCard.onProcessMarkdown = (text, result) => {
			result.outputHtml = keep(h("div", { class: "text" }, blocks(text, MARKDOWN)));
			result.didProcess = true;
		};
		card.parse(value, reading());
		const rendered: unknown = card.render();
		for (let place = 0; place < card.getActionCount(); place++) {
			const action = card.getActionAt(place);
			const button: unknown = action?.renderedElement;
			if (!(button instanceof Element)) continue;
			// The renderer opens an address, and shows what is hidden, by a script.
			if (action instanceof OpenUrlAction) button.href = action.url ?? "";
			if (action instanceof ToggleVisibilityAction) unfold(button, Object.keys(action.targetElements), card);
		}
		return h("div", { class: "card" }, rendered instanceof Element ? join(rendered.write(sheet)) : undefined);
	});
}

function unfold(button: Element, ids: readonly string[], card: AdaptiveCard): void {
	for (const id of ids) {
		const hidden: unknown = card.getElementById(id)?.renderedElement;
		if (!(hidden instanceof Element) || hidden.style["display"] !== "none" || hidden.isShownElsewhere) continue;
		hidden.isShownElsewhere = true;
		button.shows.push(hidden);
	}
}

/** Without what plays or moves, which no page without scripts can show. */
function reading(): SerializationContext {
	const elements = new CardObjectRegistry<CardElement>();
	GlobalRegistry.populateWithDefaultElements(elements);
	for (const name of ["Media", "Carousel"]) elements.unregister(name);
	const context = new SerializationContext();
	context.setElementRegistry(elements);
	return context;
}
