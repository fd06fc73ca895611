// The teams preset: the card, its size, and what the responses of flows and old connectors mean.
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../../src/lib/json.ts";
import { STATUSES } from "../../../src/model/event.ts";
import type { Message } from "../../../src/model/preset.ts";
import { teams } from "../../../src/presets/teams.ts";
import { cardFaults } from "../../helpers/adaptive-card.ts";
import { event } from "../../helpers/make.ts";
import { batch, failedPipeline, monstrousEvent, nightlyFailed } from "../../helpers/presets.ts";
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

const listIn = (card: JsonObject, key: string): readonly JsonObject[] => {
	const list = card[key];
	return Array.isArray(list) ? list.filter(isJsonObject) : [];
};

/** What each element of a card says, facts as lines. */
const told = (card: JsonObject) =>
	listIn(card, "body").map(
		(element) =>
			element["text"] ??
			listIn(element, "facts")
				.map(({ title, value }) => `${String(title)}: ${String(value)}`)
				.join("\n"),
	);

const TIME = /\{\{DATE\([\d:TZ-]+, SHORT\)\}\} \{\{TIME\([\d:TZ-]+\)\}\}/g;

/** The names of links are not read as Markdown. */
function literal(body: JsonObject): void {
	const { actions = [], ...rest } = cardOf(body);
	for (const text of textsOf(actions)) expect(text).not.toMatch(UNSEEN);
	for (const text of textsOf(rest)) {
		expect(text).not.toMatch(UNSEEN);
		if (/^https?:\/\//.test(text)) continue;
		const shown = text.replaceAll(TIME, "TIME");
		expect(shown.replaceAll(/\\[\\`*_~[\]]/g, "")).not.toMatch(/[\\`*~[\]]/);
		expect(shown).not.toMatch(/\{\{\s*(?:DATE|TIME)\b/i);
		// No block begins: no list, quote, heading or indented code.
		for (const line of shown.split("\n\n")) expect(line).not.toMatch(/^(?:[ \t]|>|(?:[-+#]+|\d+[.)])(?:\s|$))/);
	}
}

presetSuite(teams(), {
	options: { card: "message" },
	secretsAt: [],
	literal,
	validate: (body) => expect(cardFaults(cardOf(body))).toEqual([]),
	limits: (body) => [{ what: "bytes", size: Buffer.byteLength(JSON.stringify(body)), max: MESSAGE_BYTES }],
});

const bare = (...given: Parameters<typeof event>) => renderEvent(teams(), event(...given), { card: "bare" }).body;

describe("the teams preset", () => {
	it("is held to a renderer that refuses what Teams does not know", () => {
		const card = (element: JsonObject) => ({ type: "AdaptiveCard", version: "1.4", body: [element] });
		expect(cardFaults(card({ type: "TextBlock", text: "x", color: "good" }))).toEqual([]);
		expect(cardFaults(card({ type: "TextBlock", text: "x", color: "pink" }))).not.toEqual([]);
		expect(cardFaults(card({ type: "TextBlock", text: "x", colour: "good" }))).toEqual(["unknown: /body/0/colour"]);
		expect(cardFaults(card({ type: "TextBlock", text: "x", style: "heading" }))).not.toEqual([]);
		expect(cardFaults(card({ type: "FactSets" }))).not.toEqual([]);
	});

	it("says what failed, why, what is known, the trace, where it came from and where to look", () => {
		const options = { mention: ["jane@acme.example"], links: { Runbook: "https://wiki.acme.example/{{pipeline}}" } };
		const { body, notes } = renderEvent(teams(), nightlyFailed(), options);
		const card = cardOf(body);
		const run = "https://github.com/acme/warehouse/actions/runs/7";
		const facts = [
			"Job: load (eu)",
			"Duration: 12m 34s",
			"Owners: data-platform, jane",
			"Pull request: Customer tiers",
			"rows: 0",
			"tables: orders, customers",
			"batch\\_id: b-17",
			'plan: {"steps":\\[{"name":"load"}\\]}',
		];
		const origin = "acme/warehouse · schedule · 1a2b3c4 Load customer tiers · Jane Doe";
		expect(told(card)).toEqual([
			"nightly failed on main",
			"<at>jane@acme.example</at>",
			'psycopg2.errors.UndefinedColumn: column "customer\\_tier" does not exist',
			facts.join("\n"),
			"",
			expect.stringMatching(/^Traceback [\s\S]*\n\npsycopg2\.errors\.UndefinedColumn[\s\S]*\n\n\u00a0{15}\^$/),
			`${origin} · {{DATE(2026-04-02T14:30:00Z, SHORT)}} {{TIME(2026-04-02T14:30:00Z)}}`,
		]);
		expect(listIn(card, "body")[0]).toMatchObject({ color: "attention", size: "Large", weight: "Bolder" });
		const toggle = { type: "Action.ToggleVisibility", title: "Show trace", targetElements: ["trace"] };
		expect(listIn(card, "body")[4]).toEqual({ type: "ActionSet", actions: [toggle] });
		expect(listIn(card, "body")[5]).toMatchObject({ id: "trace", isVisible: false, fontType: "Monospace" });
		expect(listIn(card, "actions").map(({ title, url }) => [title, url])).toEqual([
			["View job", `${run}/job/9`],
			["View run", run],
			["Pull request #481", "https://github.com/acme/warehouse/issues/481"],
			["Commit 1a2b3c4", "https://github.com/acme/warehouse/commit/1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b"],
			["Runbook", "https://wiki.acme.example/nightly"],
		]);
		const mentioned = { id: "jane@acme.example", name: "jane@acme.example" };
		const entities = [{ type: "mention", text: "<at>jane@acme.example</at>", mentioned }];
		expect(card["msteams"]).toEqual({ width: "Full", entities });
		expect(notes).toEqual([]);
	});

	it("shows a trace of few lines at once, without anything to unfold", () => {
		const card = bare("pipeline_error", { error: "boom\nat x" });
		expect(listIn(card, "body")[2]).toEqual({
			type: "TextBlock",
			text: "boom\n\nat x",
			wrap: true,
			id: "trace",
			fontType: "Monospace",
		});
		expect(card).not.toHaveProperty("actions");
	});

	it("tells the first links and the config's own where there are more than Teams shows", () => {
		const links = { Runbook: "https://wiki.example/", Dashboard: "https://grafana.example/" };
		const { body, notes } = renderEvent(teams(), nightlyFailed(), { card: "bare", links });
		const titles = listIn(body, "actions").map(({ title }) => title);
		expect(titles).toEqual(["View job", "View run", "Pull request #481", "Runbook", "Dashboard"]);
		expect(notes).toEqual(["1 of 6 links left out"]);
	});

	it("shows each status by a word for its colour, or the status that the config names", () => {
		const colorOf = (of: ReturnType<typeof event>, color?: string) =>
			listIn(renderEvent(teams(), of, { card: "bare", ...(color === undefined ? {} : { color }) }).body, "body")[0]?.[
				"color"
			];
		expect(STATUSES.map((status) => `${status} ${String(colorOf(event("ping", { status })))}`)).toEqual([
			"started accent",
			"success good",
			"failure attention",
			"cancelled warning",
			"info accent",
			"warning warning",
		]);
		expect(colorOf(event(), "{{#if is_failure}}warning{{/if}}")).toBe("warning");
	});

	it("says that it has no colours but those of a status", () => {
		const { body, notes } = renderEvent(teams(), event(), { card: "bare", color: "#abc" });
		expect(listIn(body, "body")[0]).toMatchObject({ color: "attention" });
		expect(notes).toEqual(["color left out: Teams has those of a status only"]);
		expect(renderEvent(teams(), event(), { color: "success" }).notes).toEqual([]);
	});

	it.each([
		["jane@acme.example", "jane@acme.example"],
		["@jane@acme.example", "jane@acme.example"],
		["<at>jane.doe+x@acme.example</at>", "jane.doe+x@acme.example"],
		["o'brien@acme.example", "o'brien@acme.example"],
		["jane_acme.example#EXT#@other.onmicrosoft.com", "jane_acme.example#EXT#@other.onmicrosoft.com"],
		["49c4641c-ab91-4248-aebb-6a7de286397b", "49c4641c-ab91-4248-aebb-6a7de286397b"],
	])("mentions %s by an entity for %s", (who, id) => {
		const { body, notes } = renderEvent(teams(), event(), { card: "bare", mention: [who, who] });
		expect(told(body)[1]).toBe(`<at>${id}</at> <at>${id}</at>`);
		expect(body).toHaveProperty("msteams.entities", [
			{ type: "mention", text: `<at>${id}</at>`, mentioned: { id, name: id } },
		]);
		expect(notes).toEqual([]);
		expect(teams().mention?.(who)).toBe(`<at>${id}</at>`);
	});

	it.each(["jane", "channel", "jane@localhost", "a b@acme.example", "x <at>ceo@acme.example</at>"])(
		"leaves %j plain text, without an entity, and says that it mentions nobody",
		(who) => {
			const { body, notes } = renderEvent(teams(), event(), { card: "bare", mention: [who] });
			expect(told(body)[1]).toBe(`@${who}`);
			expect(body).not.toHaveProperty("msteams.entities");
			expect(notes).toEqual([`mention "${who}" is plain text: it mentions nobody`]);
			expect(teams().mention?.(who)).toBeUndefined();
		},
	);

	it("runs no function of a text", () => {
		const error = "{{DATE(2026-01-01T00:00:00Z, SHORT)}} {{ time(x)}} {{ ref('orders') }}";
		expect(told(bare("pipeline_error", { error }))[1]).toBe(
			"{\u200b{DATE(2026-01-01T00:00:00Z, SHORT)}} {\u200b{ time(x)}} {{ ref('orders') }}",
		);
	});

	it("ends the list of a long batch in a count, shown as less than the lines", () => {
		const card = messageOf(
			renderBatch(
				teams(),
				batch(100, (index) => event("model_error", { model: `m${index}` })),
				{ card: "bare" },
			),
		);
		const elements = listIn(card, "body");
		expect(elements).toHaveLength(1 + 40 + 1 + 1);
		expect(elements.at(-2)).toEqual({
			type: "TextBlock",
			text: "… and 60 more: 60 failed",
			wrap: true,
			spacing: "Small",
			isSubtle: true,
		});
	});

	it("tells of twelve events the three that failed, each with its telling line, and the number of the others", () => {
		const of = (index: number) =>
			index % 4 === 1
				? nightlyFailed("model_error", { model: `dim_${index}`, duration_ms: 4000 })
				: nightlyFailed("after_model_run", { model: `stg_${index}`, error: "" });
		const card = messageOf(renderBatch(teams(), batch(12, of), { card: "bare" }));
		const why = 'psycopg2.errors.UndefinedColumn: column "customer\\_tier" does not exist';
		expect(told(card).slice(0, 5)).toEqual([
			"12 events: 3 failed, 9 succeeded – nightly on main",
			...[1, 5, 9].map((index) => `❌ Model failed: dim\\_${index} (4s) – ${why}`),
			"✅ 9 succeeded",
		]);
	});

	it("posts the card alone where the flow wants it bare", () => {
		const { body } = renderEvent(teams(), failedPipeline(), { card: "bare" });
		expect(body).toEqual(cardOf(renderEvent(teams(), failedPipeline(), {}).body));
		expect(cardFaults(body)).toEqual([]);
	});

	it("keeps indentation, and lets no line begin a list, quote or heading", () => {
		const error = "top\n    at x\n- a\n+ b\n1. c\n2) d\n# e\n> f\n---\n-5 degrees\n3.14";
		const trace = listIn(bare("pipeline_error", { error }), "body").find(({ id }) => id === "trace");
		expect(String(trace?.["text"]).split("\n\n")).toEqual([
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

	it("truncates the trace before anything that identifies the event, and keeps more of its end", () => {
		const error = `${"é".repeat(9000)}\nat x`;
		const { body, notes } = renderEvent(teams(), event("pipeline_error", { error }), {});
		expect(notes).toEqual(["text truncated to 1500 bytes", "error truncated to 8000 bytes"]);
		expect(JSON.stringify(body)).toMatch(/"é{1331}…é{2660,2664}\\n\\nat x"/);
	});

	it("stays inside the limit when every part is full, and fills it with the trace", () => {
		const many = (write: (index: number) => string) =>
			Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}${"é".repeat(90)}`, write(index)]));
		const options = {
			mention: Array.from({ length: 30 }, (_, index) => `${index}${"x".repeat(60)}@${"y".repeat(28)}.example`),
			links: many((index) => `https://wiki.example/${index}/${"&".repeat(470)}`),
			fields: many(() => "\\".repeat(400)),
		};
		const { body, notes } = renderEvent(teams(), monstrousEvent(), options);
		const size = Buffer.byteLength(JSON.stringify(body));
		expect(size).toBeGreaterThan(MESSAGE_BYTES * 0.95);
		expect(size).toBeLessThanOrEqual(MESSAGE_BYTES);
		expect(cardFaults(cardOf(body))).toEqual([]);
		expect(notes).toEqual(
			expect.arrayContaining(["20 of 30 mentions left out", "26 of 31 links left out", "10 of 30 facts left out"]),
		);
	});

	it("stays inside the limit with a long batch and as much as its events can share, and comes close to it", () => {
		const text = '"é'.repeat(300);
		const ci = { repository: text, branch: text, commit: text, actor: text };
		const run_url = `https://ci.example/${"x".repeat(480)}`;
		const shared = { pipeline: text, run_id: text, project_id: text, ci: { ...ci, run_url } };
		for (const length of [20, 150, 1000]) {
			const error = "\\".repeat(length);
			const of = event("model_error", { ...shared, model: "m".repeat(length), error });
			const events = batch(100, () => of);
			const fields = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}`, "é".repeat(400)]));
			const size = Buffer.byteLength(JSON.stringify(renderBatch(teams(), events, { fields }).body));
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
		expect(long.notes).toEqual(['link "View run" left out: longer than 500 characters']);
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
