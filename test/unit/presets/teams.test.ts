// The teams preset: the card, its size, and what the responses of flows and old connectors mean.
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../../src/lib/json.ts";
import type { Message } from "../../../src/model/preset.ts";
import { teams } from "../../../src/presets/teams.ts";
import { cardFaults } from "../../helpers/adaptive-card.ts";
import { event } from "../../helpers/make.ts";
import { batch, failedPipeline, monstrousEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, textsOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

/** The same 28 KB, read as the smaller of its two meanings. */
const MESSAGE_BYTES = 28_000;

/** The card of a message, or of a body that is one. */
function cardOf(body: JsonObject): JsonObject {
	if (body["type"] === "AdaptiveCard") return body;
	const attachment: Json | undefined = Array.isArray(body["attachments"]) ? body["attachments"][0] : undefined;
	if (!isJsonObject(attachment) || !isJsonObject(attachment["content"])) throw new Error("no card");
	return attachment["content"];
}

function messageOf({ body }: Message): JsonObject {
	if (!isJsonObject(body)) throw new Error("no object");
	return body;
}

function literal(body: JsonObject): void {
	for (const text of textsOf(body)) {
		expect(text).not.toMatch(UNSEEN);
		if (/^https?:\/\//.test(text)) continue;
		expect(text.replaceAll(/\\[\\`*_~[\]]/g, "")).not.toMatch(/[\\`*~[\]]/);
		// No block begins: no list, quote, heading or indented code.
		for (const line of text.split("\n\n")) expect(line).not.toMatch(/^(?:[ \t]|>|(?:[-+#]+|\d+[.)])(?:\s|$))/);
	}
}

presetSuite(teams(), {
	options: { card: "message" },
	secretsAt: [],
	literal,
	validate: (body) => expect(cardFaults(cardOf(body))).toEqual([]),
	limits: (body) => [{ what: "bytes", size: Buffer.byteLength(JSON.stringify(body)), max: MESSAGE_BYTES }],
});

const errorText = (error: string) =>
	textsOf(renderEvent(teams(), event("pipeline_error", { error }), { card: "bare" }).body);

describe("the teams preset", () => {
	it("is held to a renderer that refuses what Teams does not know", () => {
		const card = (element: JsonObject) => ({ type: "AdaptiveCard", version: "1.4", body: [element] });
		expect(cardFaults(card({ type: "TextBlock", text: "x", color: "good" }))).toEqual([]);
		expect(cardFaults(card({ type: "TextBlock", text: "x", color: "pink" }))).not.toEqual([]);
		expect(cardFaults(card({ type: "FactSets" }))).not.toEqual([]);
	});

	it("ends the card of a long batch in a count, shown as less than the lines", () => {
		const card = messageOf(
			renderBatch(
				teams(),
				batch(100, () => event("pipeline_complete")),
				{ card: "bare" },
			),
		);
		const elements = Array.isArray(card["body"]) ? card["body"] : [];
		expect(elements).toHaveLength(1 + 40 + 1 + 1);
		expect(elements.at(-2)).toEqual({
			type: "TextBlock",
			text: "… and 60 more: 60 succeeded",
			wrap: true,
			spacing: "Small",
			isSubtle: true,
		});
	});

	it("posts the card alone where the flow wants it bare", () => {
		const { body } = renderEvent(teams(), failedPipeline(), { card: "bare" });
		expect(body).toEqual(cardOf(renderEvent(teams(), failedPipeline(), {}).body));
		expect(cardFaults(body)).toEqual([]);
	});

	it("keeps indentation, and lets no line begin a list, quote or heading", () => {
		const [text] = errorText("top\n    at x\n- a\n+ b\n1. c\n2) d\n# e\n> f\n---\n-5 degrees\n3.14").filter((sent) =>
			sent.startsWith("top"),
		);
		expect(text?.split("\n\n")).toEqual([
			"top",
			"\u00a0\u00a0\u00a0\u00a0at x",
			"\u00a0- a",
			"\u00a0+ b",
			"\u00a01. c",
			"\u00a02) d",
			"\u00a0# e",
			"\u00a0> f",
			"\u00a0---",
			"-5 degrees",
			"3.14",
		]);
	});

	it("truncates the error before anything that identifies the event", () => {
		const { body, notes } = renderEvent(teams(), event("pipeline_error", { error: "é".repeat(9000) }), {});
		expect(notes).toEqual(["error truncated to 8000 bytes"]);
		expect(JSON.stringify(body)).toMatch(/[^é]é{1331}…é{2667}"/);
	});

	it("comes close to the limit when every part is full, but not over it", () => {
		const { body } = renderEvent(teams(), monstrousEvent(), {});
		const size = Buffer.byteLength(JSON.stringify(body));
		expect(size).toBeGreaterThan(MESSAGE_BYTES * 0.8);
		expect(size).toBeLessThanOrEqual(MESSAGE_BYTES);
	});

	it("stays inside the limit with a long batch and as much as its events can share, and comes close to it", () => {
		const shared = (text: string) => ({
			pipeline: text,
			run_id: text,
			project_id: text,
			ci: {
				repository: text,
				branch: text,
				commit: text,
				actor: text,
				run_url: `https://ci.example/${"x".repeat(480)}`,
			},
		});
		for (const length of [20, 150, 1000]) {
			const of = event("model_error", {
				...shared('"é'.repeat(300)),
				model: "m".repeat(length),
				error: "\\".repeat(length),
			});
			const { body } = renderBatch(
				teams(),
				batch(100, () => of),
				{},
			);
			const size = Buffer.byteLength(JSON.stringify(body));
			expect(size).toBeLessThanOrEqual(MESSAGE_BYTES);
			if (length > 20) expect(size).toBeGreaterThan(MESSAGE_BYTES * 0.8);
		}
	});

	it("links only to http addresses of a sane length", () => {
		const link = (run_url: string) => renderEvent(teams(), event("ping", { ci: { run_url } }), { card: "bare" });
		expect(link("javascript:alert(1)").body).not.toHaveProperty("actions");
		expect(link("not a url").body).not.toHaveProperty("actions");
		expect(link("http://ci.local/run 1").body).toHaveProperty("actions.0.url", "http://ci.local/run%201");
		const long = link(`https://ci.example/${"x".repeat(500)}`);
		expect(long.body).not.toHaveProperty("actions");
		expect(long.notes).toEqual(["run link left out: longer than 500 characters"]);
	});

	it("finds the error that a connector wrapped in a 200", () => {
		const body =
			"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x";
		expect(teams().service({}).judge?.({ status: 200, headers: {}, body })).toEqual({
			ok: false,
			reason: "Teams responded with 200, but with HTTP error 429 in its text",
		});
	});

	it("takes 1, nothing and anything else for a success, and a 202 for no more than accepted", () => {
		for (const body of ["1", "", "{}"])
			expect(teams().service({}).judge?.({ status: 200, headers: {}, body })).toEqual({ ok: true });
		expect(teams().service({}).judge?.({ status: 202, headers: {}, body: "" })).toEqual({
			ok: true,
			note: "accepted by the Workflow, not yet posted",
		});
	});
});
