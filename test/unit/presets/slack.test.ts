// The slack preset: blocks, mentions, limits and what Slack's responses mean.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../../src/lib/json.ts";
import { slack } from "../../../src/presets/slack.ts";
import { event } from "../../helpers/make.ts";
import { batch, monstrousEvent, nightlyFailed } from "../../helpers/presets.ts";
import { type Measure, renderBatch, renderEvent, UNSEEN } from "../../helpers/rendered.ts";
import { attachmentFaults, blockFaults } from "../../helpers/slack-schema.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const listIn = (value: Json, key: string): readonly Json[] => {
	const list = isJsonObject(value) ? value[key] : undefined;
	return Array.isArray(list) ? list : [];
};
const attachmentsOf = (body: Json) => listIn(body, "attachments");
/** All blocks, those of an attachment too. */
const blocksOf = (body: Json) => [body, ...attachmentsOf(body)].flatMap((part) => listIn(part, "blocks"));

/** Every object in a value that has a `text` of its own, rich text's elements too. */
function textObjects(value: Json | undefined): readonly { readonly type: Json | undefined; readonly text: string }[] {
	if (Array.isArray(value)) return value.flatMap(textObjects);
	if (!isJsonObject(value)) return [];
	const { type, text } = value;
	return typeof text === "string" ? [{ type, text }] : Object.values(value).flatMap(textObjects);
}

/** What each block says. */
function told(blocks: readonly Json[]): readonly string[] {
	return blocks.map((block) => textObjects(block).reduce((said, { text }) => said + text, ""));
}

/** What each block of a message of one event says. */
function toldOf(...given: Parameters<typeof event>): readonly string[] {
	return told(blocksOf(renderEvent(slack(), event(...given), {}).body));
}

function limits(body: JsonObject): readonly Measure[] {
	const sent = JSON.stringify(blocksOf(body)).replaceAll(/\\(?:u[0-9a-f]{4}|.)/g, "x");
	return [
		{ what: "blocks", size: blocksOf(body).length, max: 50 },
		{ what: "JSON of all blocks", size: sent.length, max: 13_000 },
		{ what: "text", size: String(body["text"]).length, max: 4000 },
	];
}

function validate(body: JsonObject): void {
	const attachments = attachmentsOf(body);
	expect(Object.keys(body)).toEqual(["text", "blocks", ...(attachments.length === 0 ? [] : ["attachments"])]);
	expect(listIn(body, "blocks").flatMap(blockFaults)).toEqual([]);
	expect(attachments.flatMap(attachmentFaults)).toEqual([]);
	for (const { text } of textObjects(blocksOf(body))) expect(text.trim()).not.toBe("");
}

const DATE = /<!date\^-?\d+\^\{date_short_pretty\} \{time\}\|[\d:.TZ-]+>/g;
const LINK = /<https?:\/\/(?:[^<>|&]|&amp;)+\|(?:[^<>&]|&(?:amp|lt|gt);)+>/g;

/** Markup is only read in `mrkdwn`, and there it is links, times and one block of code. */
function literal(body: JsonObject): void {
	for (const { type, text } of [{ type: "mrkdwn", text: String(body["text"]) }, ...textObjects(blocksOf(body))]) {
		expect(text).not.toMatch(UNSEEN);
		if (type !== "mrkdwn") continue;
		expect(text.replaceAll(DATE, "").replaceAll(LINK, "")).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
		if (text.startsWith("```\n")) expect(text).toMatch(/^```\n(?:(?!```)[\s\S])*\n```$/);
	}
	const sent = JSON.stringify(body);
	expect(sent.split('"verbatim":true')).toHaveLength(sent.split('"type":"mrkdwn"').length);
}

presetSuite(slack(), { options: { mention: ["here"] }, secretsAt: [], validate, limits, literal });

describe("the slack preset", () => {
	it("is held to the types and lengths of Slack's own package", () => {
		const header = (text: string) => ({ type: "header", text: { type: "plain_text", text } });
		const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
		const rich = (...elements: readonly JsonObject[]) => ({
			type: "rich_text",
			elements: [{ type: "rich_text_section", elements }],
		});
		const context = (count: number) => ({
			type: "context",
			elements: Array.from({ length: count }, () => ({ type: "mrkdwn", text: "x" })),
		});
		const good = [header("x".repeat(150)), section("x".repeat(3000)), rich({ type: "text", text: "x" }), context(10)];
		expect(good.flatMap(blockFaults)).toEqual([]);
		const bad: readonly JsonObject[] = [
			header("x".repeat(151)),
			section("x".repeat(3001)),
			section(""),
			context(11),
			rich({ type: "text", text: "x", style: { fat: true } }),
			{ type: "header", text: { type: "mrkdwn", text: "x" } },
			{ type: "section", texts: [] },
		];
		for (const block of bad) expect(blockFaults(block), JSON.stringify(block).slice(0, 99)).not.toEqual([]);
		expect(attachmentFaults({ color: "#ff0000", blocks: good })).toEqual([]);
		expect(attachmentFaults({ colour: "#ff0000" })).not.toEqual([]);
		expect(attachmentFaults({ blocks: bad.slice(0, 1) })).not.toEqual([]);
	});

	it("says what failed, why, where to look, what is known, the trace and where it came from, in this order", () => {
		const options = { mention: ["here"], links: { Runbook: "https://wiki.acme.example/{{pipeline}}" } };
		const { body, notes } = renderEvent(slack(), nightlyFailed(), options);
		const run = "https://github.com/acme/warehouse/actions/runs/7";
		const why = 'psycopg2.errors.UndefinedColumn: column "customer_tier" does not exist';
		expect(body["text"]).toBe(`<!here> ❌ nightly failed on main – ${why}`);
		const links = [
			`<${run}/job/9|View job>`,
			`<${run}|View run>`,
			"<https://github.com/acme/warehouse/issues/481|Pull request #481>",
			"<https://github.com/acme/warehouse/commit/1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b|Commit 1a2b3c4>",
			"<https://wiki.acme.example/nightly|Runbook>",
		];
		const facts = [
			"Job  load (eu)",
			"Duration  12m 34s",
			"Owners  data-platform, jane",
			"Pull request  Customer tiers",
			"rows  0",
			"tables  orders, customers",
			"batch_id  b-17",
			'plan  {"steps":[{"name":"load"}]}',
		];
		const origin = "acme/warehouse · schedule · 1a2b3c4 Load customer tiers · Jane Doe";
		expect(told(blocksOf(body))).toEqual([
			"❌ nightly failed on main",
			"<!here>",
			why,
			links.join(" · "),
			facts.join("\n"),
			expect.stringMatching(/^```\nTraceback[\s\S]*\npsycopg2\.errors\.UndefinedColumn[\s\S]*\n {15}\^\n```$/),
			`${origin}<!date^1775140200^{date_short_pretty} {time}|2026-04-02T14:30:00Z>`,
		]);
		expect(notes).toEqual([]);
	});

	it("shows a colour of the config's own beside all but the headline and the mentions, which notify", () => {
		const options = { color: "#ABC", mention: "here" };
		const { body } = renderEvent(slack(), event("pipeline_error", { error: "no disk" }), options);
		validate(body);
		expect(body["text"]).toBe("<!here> ❌ etl failed – no disk");
		expect(told(listIn(body, "blocks"))).toEqual(["❌ etl failed", "<!here>"]);
		const beside = [{ type: "rich_text" }, { type: "context" }];
		expect(attachmentsOf(body)).toMatchObject([{ color: "#aabbcc", blocks: beside }]);
	});

	it("takes title, text and fields of the config's own, and an empty title for none", () => {
		const of = event("check_result", {
			status: "failure",
			table: "dim_orders",
			error: "3 rows",
			metadata: { rows: 3 },
		});
		const fields = { Rows: "{{metadata.rows}} of {{table}}", Empty: "{{metadata.none}}" };
		const options = { title: "{{table}} is *bad*", text: "{{telling_line}}!", fields };
		const { body } = renderEvent(slack(), of, options);
		expect(body["text"]).toBe("❌ dim_orders is *bad* – 3 rows!");
		expect(told(blocksOf(body)).slice(0, 3)).toEqual(["❌ dim_orders is *bad*", "3 rows!", "Rows  3 of dim_orders"]);
		const empty = renderEvent(slack(), of, { title: "{{metadata.none}}" });
		expect(empty.body["text"]).toBe("❌ Check failed: dim_orders – 3 rows");
		expect(empty.notes).toEqual(["title is empty, so the preset's own is shown"]);
	});

	it("writes literal text as rich text, where marks, names, addresses and entities are what they are", () => {
		const hostile = "*a* _b_ ~c~ `d` <!channel> @here &amp; :x:";
		const of = event("pipeline_error", { error: hostile, metadata: { [hostile]: hostile } });
		const rich = textObjects(blocksOf(renderEvent(slack(), of, {}).body)).filter(({ type }) => type === "text");
		expect(rich.map(({ text }) => text)).toEqual([hostile, hostile, `  ${hostile}`]);
	});

	it("renders the batch that the docs show", () => {
		const page = readFileSync("docs/presets.md", "utf8");
		const [, shown = ""] = /^## Batches\n[\s\S]*?^```text\n([\s\S]*?)\n```/m.exec(page) ?? [];
		const { body } = renderBatch(
			slack(),
			[
				event("pipeline_start"),
				event("after_model_run", { model: "stg_orders", duration_ms: 4200 }),
				event("model_error", { model: "dim_orders", duration_ms: 45_200, error: "Table raw_orders not found" }),
				event("pipeline_error", { duration_ms: 130_000, error: "1 model failed" }),
			],
			{},
		);
		const [header, list] = told(blocksOf(body));
		expect(`${header}\n${list}`).toBe(shown);
	});

	it("tells of twelve events the three that failed, each with its telling line, and the number of the others", () => {
		const of = (index: number) =>
			index % 4 === 1
				? nightlyFailed("model_error", { model: `dim_${index}`, duration_ms: 4000 })
				: nightlyFailed("after_model_run", { model: `stg_${index}`, error: "" });
		const { body, notes } = renderBatch(slack(), batch(12, of), {});
		const why = 'psycopg2.errors.UndefinedColumn: column "customer_tier" does not exist';
		const headline = "❌ 12 events: 3 failed, 9 succeeded – nightly on main";
		expect(body).toMatchObject({ text: `${headline} – Model failed: dim_1: ${why}` });
		expect(told(blocksOf(body)).slice(0, 2)).toEqual([
			headline,
			[...[1, 5, 9].map((index) => `❌ Model failed: dim_${index} (4s) – ${why}`), "✅ 9 succeeded"].join("\n"),
		]);
		expect(notes).toEqual([]);
	});

	it("fills the list of a long batch before it leaves anything out, each line whole", () => {
		const failed = (index: number) =>
			event("model_error", { model: `${index}${"m".repeat(120)}`, error: "e".repeat(90) });
		const { body, notes } = renderBatch(slack(), batch(100, failed), {});
		const lines = told(blocksOf(body))[1]?.split("\n") ?? [];
		for (const line of lines) {
			expect(line).toMatch(/^(?:❌ Model failed: \d+m{120} – e{90}|… and \d+ more: \d+ failed)$/);
		}
		const left = 101 - lines.length;
		expect(left).toBe(81);
		expect(notes).toEqual([`${left} of 100 events left out: ${left} failed`]);
	});

	it("tells the first failure in the notification of a batch, and nothing more where none failed", () => {
		const text = (name: string) => {
			const { body } = renderBatch(slack(), [event("pipeline_start"), event(name)], {});
			return isJsonObject(body) ? body["text"] : undefined;
		};
		expect(text("pipeline_error")).toBe("❌ 2 events: 1 failed, 1 started – etl – etl failed");
		expect(text("pipeline_complete")).toBe("✅ 2 events: 1 succeeded, 1 started – etl");
	});

	it("shows every time in the reader's own zone, and as it was given where it cannot", () => {
		const timestamp = "2026-04-02T14:32:10.5Z";
		const { body } = renderBatch(slack(), [event("pipeline_start"), event("pipeline_complete", { timestamp })], {});
		const times = [
			"<!date^1775140200^{date_short_pretty} {time}|2026-04-02T14:30:00Z>",
			`<!date^1775140330^{date_short_pretty} {time}|${timestamp}>`,
		];
		expect(told(blocksOf(body)).at(-1)).toBe(times.join(" – "));
	});

	it("lets no trace leave its code block", () => {
		expect(toldOf("pipeline_error", { error: "a ``` b\nc ````` d `" })[2]).toBe("```\na ''' b\nc '''`` d `\n```");
	});

	it.each([
		["channel", "<!channel>"],
		["@here", "<!here>"],
		["!here", "<!here>"],
		["everyone", "<!everyone>"],
		["U012AB3CD", "<@U012AB3CD>"],
		["@U012AB3CD", "<@U012AB3CD>"],
		["W012AB3CD", "<@W012AB3CD>"],
		["S012AB3CD", "<!subteam^S012AB3CD>"],
		["<!channel>", "<!channel>"],
		["<!here|here>", "<!here>"],
		["<@U012AB3CD>", "<@U012AB3CD>"],
		["<@U012AB3CD|jane>", "<@U012AB3CD>"],
		["<!subteam^S012AB3CD|@data>", "<!subteam^S012AB3CD>"],
	])("mentions %s as %s", (who, written) => {
		const { body, notes } = renderEvent(slack(), event("pipeline_complete"), { mention: [who] });
		expect(String(body["text"]).startsWith(`${written} ✅`)).toBe(true);
		expect(told(blocksOf(body))[1]).toBe(written);
		expect(notes).toEqual([]);
		expect(slack().mention?.(who)).toBe(written);
	});

	it.each([
		["data team", "@data team"],
		["jane", "@jane"],
		["u012ab3cd", "@u012ab3cd"],
		["<!channel> you", "@&lt;!channel&gt; you"],
		["<https://evil.example|here>", "@&lt;https://evil.example|here&gt;"],
		["data\r\nteam\u0007", "@data team"],
	])("leaves %j plain text, and says that it mentions nobody", (who, written) => {
		const { body, notes } = renderEvent(slack(), event("pipeline_complete"), { mention: [who] });
		expect(told(blocksOf(body))[1]).toBe(written);
		expect(notes).toEqual([expect.stringMatching(/^mention ".+" is plain text: it mentions nobody$/)]);
		expect(slack().mention?.(who)).toBeUndefined();
	});

	it("mentions whom a template names, and nobody where it gives nothing", () => {
		const render = (metadata: JsonObject) =>
			renderEvent(slack(), event("pipeline_error", { metadata }), { mention: ["{{metadata.on_call}}"] });
		expect(told(blocksOf(render({ on_call: "U012AB3CD" }).body))[1]).toBe("<@U012AB3CD>");
		const { body, notes } = render({});
		expect([JSON.stringify(body).includes("@"), notes]).toEqual([false, []]);
	});

	it("stays inside the limits with many long mentions, links and fields, and says what is left out", () => {
		const many = (write: (index: number) => string) =>
			Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}${"k".repeat(90)}`, write(index)]));
		const options = {
			mention: Array.from({ length: 30 }, (_, index) => `${index} ${"<".repeat(100)}`),
			links: many((index) => `https://wiki.example/${index}/${"&".repeat(80)}`),
			fields: many(() => "v".repeat(400)),
			color: "failure",
		};
		const of = monstrousEvent();
		const events = batch(3, () => of);
		for (const { body, notes } of [renderEvent(slack(), of, options), renderBatch(slack(), events, options)]) {
			if (!isJsonObject(body)) throw new Error("a body that is not an object");
			validate(body);
			for (const { what, size, max } of limits(body)) expect(size, what).toBeLessThanOrEqual(max);
			expect(notes).toContain("10 of 30 mentions left out");
			expect(notes).toContainEqual(expect.stringMatching(/^\d+ of 31 links left out$/));
			expect(notes).toContainEqual(expect.stringMatching(/^\d+ of 30 facts left out$/));
		}
	});

	it("fills each limit to the last character", () => {
		const error = `${"e".repeat(5000)}\nat x`;
		const { body, notes } = renderEvent(slack(), event("model_error", { model: "m".repeat(500), error }), {});
		const [header, text, trace] = told(blocksOf(body));
		expect([header?.length, header?.endsWith("m…")]).toEqual([150, true]);
		expect([text?.length, text?.endsWith("e…")]).toEqual([600, true]);
		expect(trace).toMatch(/^```\ne{796}…e{1590}\nat x\n```$/);
		expect(notes).toEqual([
			"title truncated to 148 characters",
			"text truncated to 600 characters",
			"error truncated to 2392 characters",
		]);
	});

	it("splits neither an escape nor a character", () => {
		for (const error of ["&".repeat(5000), "🙂".repeat(5000)]) {
			const trace = toldOf("pipeline_error", { error: `${error}\nx` }).find((text) => text.startsWith("```"));
			expect(trace).toMatch(/^```\n(?:&amp;|🙂)+…(?:&amp;|🙂)+\nx\n```$/u);
		}
	});

	it("escapes what a template inserts", () => {
		expect(slack().service({}).escape?.("<!channel> & co")).toBe("&lt;!channel&gt; &amp; co");
	});

	it.each(["ok", "ok\n", "", '{"ok":true}', ' {"ok": true, "ts": "1"} '])(
		"takes the response %j for a success",
		(body) => {
			expect(slack().service({}).judge?.({ status: 200, headers: {}, body })).toEqual({ ok: true });
		},
	);

	it.each([
		["invalid_blocks", 'Slack responded with "invalid_blocks"'],
		["okay", 'Slack responded with "okay"'],
		['{"ok":false,"error":"channel_not_found"}', "Slack responded with channel_not_found"],
		['{"ok":"true"}', 'Slack responded with "{"ok":"true"}"'],
		["[true]", 'Slack responded with "[true]"'],
		[`<html>\n${"x".repeat(500)}`, `Slack responded with "<html> ${"x".repeat(92)}…"`],
	])("takes the response %j for a failure", (body, reason) => {
		expect(slack().service({}).judge?.({ status: 200, headers: {}, body })).toEqual({ ok: false, reason });
	});
});
