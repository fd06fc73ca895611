// The ntfy preset: the message and its limit, priority and tags, and where it is published.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { sizesOf } from "../../../src/deliver/sizes.ts";
import type { JsonObject } from "../../../src/lib/json.ts";
import { ntfy } from "../../../src/presets/ntfy.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, RUN_URL } from "../../helpers/presets.ts";
import { renderEvent, requestOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const OPTIONS = { topic: "a-topic-nobody-guesses", token: "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" };

/** https://docs.ntfy.sh/publish/#publish-as-json */
const conforms = new Ajv().compile({
	type: "object",
	required: ["topic", "title", "message", "priority", "tags"],
	additionalProperties: false,
	properties: {
		topic: { type: "string", pattern: "^[-_A-Za-z0-9]{1,64}$" },
		title: { type: "string", minLength: 1 },
		message: { type: "string", minLength: 1 },
		priority: { type: "integer", minimum: 1, maximum: 5 },
		tags: { type: "array", items: { type: "string", minLength: 1 } },
		click: { type: "string", pattern: "^https?://" },
		actions: {
			type: "array",
			minItems: 1,
			maxItems: 3,
			items: {
				type: "object",
				required: ["action", "label", "url"],
				additionalProperties: false,
				properties: {
					action: { const: "view" },
					label: { type: "string", minLength: 1 },
					url: { type: "string", pattern: "^https?://" },
				},
			},
		},
	},
});

presetSuite(ntfy(), {
	literal: ({ title, message }) => expect(`${title}\n${message}`).not.toMatch(UNSEEN),
	options: OPTIONS,
	secretsAt: ["topic"],
	validate: (body) => {
		conforms(body);
		expect(conforms.errors).toBe(null);
	},
	limits: (body) => [
		{ what: "bytes of the message", size: Buffer.byteLength(String(body["message"])), max: 4096 },
		{ what: "bytes of all", size: Buffer.byteLength(JSON.stringify(body)), max: 8192 },
	],
});

describe("the ntfy preset", () => {
	it.each([
		["min", 1],
		["max", 5],
		["${UNKNOWN}", 3],
		[undefined, 3],
	])("has for priority = %j the number %j", (priority, number) => {
		const options = priority === undefined ? OPTIONS : { ...OPTIONS, priority };
		expect(renderEvent(ntfy(), event("pipeline_complete"), options).body["priority"]).toBe(number);
	});

	it("opens on a tap what its first button opens, and has the config's own links on the next ones", () => {
		const ci = failedPipeline().context.ci ?? {};
		const made = event("pipeline_error", { ci: { ...ci, pull_request: 7 } });
		const shown = (links: JsonObject) => {
			const { body, notes } = renderEvent(ntfy(), made, { ...OPTIONS, links });
			const actions = Array.isArray(body["actions"]) ? body["actions"] : [];
			return { click: body["click"], labels: actions.map((action) => Object(action).label), notes };
		};
		const own = (...names: readonly string[]) =>
			Object.fromEntries(names.map((name) => [name, `https://wiki.example/${name}`]));
		expect(shown({})).toEqual({
			click: RUN_URL,
			labels: ["View run", "Pull request #7", "Commit 1a2b3c4"],
			notes: [],
		});
		expect(shown(own("Runbook")).labels).toEqual(["View run", "Runbook", "Pull request #7"]);
		expect(shown(own("a", "b", "c"))).toMatchObject({
			labels: ["View run", "a", "b"],
			notes: ["1 of 3 own links left out"],
		});
		const { body, notes } = renderEvent(ntfy(), event("ping"), { ...OPTIONS, links: own("a", "b", "c") });
		expect([body["click"], Object(body["actions"]).length, notes]).toEqual(["https://wiki.example/a", 3, []]);
	});

	it("says in a notification's first line what went wrong", () => {
		const error = 'Traceback (most recent call last):\n  File "x"\nKeyError: 7';
		const { body } = renderEvent(ntfy(), event("pipeline_error", { error }), OPTIONS);
		expect([body["title"], body["message"]]).toEqual([
			"etl failed",
			`KeyError: 7\n\n${error}\n\n2026-04-02 14:30:00 UTC`,
		]);
	});

	it("publishes to ntfy.sh or a server of one's own, as whom the token says", () => {
		expect(requestOf(ntfy(), OPTIONS)).toEqual({
			url: "https://ntfy.sh/",
			headers: { Authorization: `Bearer ${OPTIONS.token}` },
		});
		expect(requestOf(ntfy(), { topic: "t" }, "https://push.example/")).toMatchObject({
			url: "https://push.example/",
			headers: {},
		});
	});

	it("says of an error what ntfy says", () => {
		const { explain } = ntfy().service(OPTIONS);
		const said = (body: JsonObject | string) =>
			explain?.({ status: 429, headers: {}, body: typeof body === "string" ? body : JSON.stringify(body) });
		const error = { code: 42901, http: 429, error: "limit reached: too many requests" };
		expect(said({ ...error, link: "https://ntfy.sh/docs/publish/#limitations" })).toBe(
			"limit reached: too many requests",
		);
		expect(said(error)).toBe("limit reached: too many requests");
		for (const other of ["", "<html>", "[]", '{"error":7}']) expect(said(other)).toBeUndefined();
	});
});

it("has a message that is measured in bytes, and at most three buttons", () => {
	const body = { message: "é\n", actions: [{}, {}] };
	expect(sizesOf(JSON.stringify(body), ntfy().limits).slice(1)).toEqual([
		{ of: "message", size: 3, unit: "bytes", most: 4096 },
		{ of: "actions", size: 2, unit: "items", most: 3 },
	]);
});
