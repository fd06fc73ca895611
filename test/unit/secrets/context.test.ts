// Secrets of the run are taken out of every part of a context, and nothing else changes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import type { Json } from "../../../src/lib/json.ts";
import type { GivenContext } from "../../../src/model/context.ts";
import { redactContext } from "../../../src/secrets/context.ts";
import { createMask } from "../../../src/secrets/mask.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

const SECRET = "ghs_0123456789abcdef";
const mask = createMask([SECRET]);

test("a secret is redacted in every key and value, each place told once", () => {
	const nested = { [SECRET]: [SECRET, { a: `x ${SECRET}` }], [`${SECRET}!`]: 1, number: 7, none: null };
	const given: GivenContext = {
		id: SECRET,
		run_id: `run ${SECRET}`,
		pipeline: SECRET,
		status: "failure",
		timestamp: "2026-04-02T14:30:00Z",
		model: SECRET,
		table: SECRET,
		error: SECRET,
		project_id: SECRET,
		owners: [SECRET, "ada"],
		followers: [SECRET],
		entity: nested,
		changes: [nested],
		data: nested,
		resource: nested,
		metadata: nested,
	};
	const { context, places } = redactContext(given, mask);
	expect(JSON.stringify(context)).not.toContain(SECRET);
	expect(Object.keys(context).toSorted()).toEqual(Object.keys(given).toSorted());
	expect(context.metadata).toEqual({ "***": ["***", { a: "x ***" }], "***!": 1, number: 7, none: null });
	expect(context.owners).toEqual(["***", "ada"]);
	expect(context.changes).toEqual([context.metadata]);
	expect(places).toContain("changes.***");
	expect(places.slice(0, 3)).toEqual(["id", "run_id", "pipeline"]);
	expect(places).toContain("metadata.***.a");
});

test("a secret is redacted through the terminal sequences in it, and other texts keep theirs", () => {
	const half = SECRET.length / 2;
	const error = `\u001b[31m${SECRET.slice(0, half)}\u001b[0m\u202e${SECRET.slice(half)}\u001b[0m`;
	const link = `\u001b]8;;https://host/${SECRET}\u0007here\u001b]8;;\u0007`;
	const model = "\u001b[31mred\u001b[0m";
	expect(redactContext({ error, table: link, model }, mask)).toEqual({
		context: { error: "***", table: link.replace(SECRET, "***"), model },
		places: ["table", "error"],
	});
});

test("a secret is redacted through a control of direction or a C1 control alone", () => {
	for (const control of ["\u202e", "\u009b0m"]) {
		const error = `${SECRET.slice(0, 9)}${control}${SECRET.slice(9)}`;
		expect(redactContext({ error }, mask)).toEqual({ context: { error: "***" }, places: ["error"] });
	}
});

test("keys that are the same once redacted are numbered", () => {
	const three = createMask(["first-secret", "other-secret", "third-secret"]);
	const { context } = redactContext({ data: { "first-secret": 1, "other-secret": 2, "third-secret": 3 } }, three);
	expect(context.data).toEqual({ "***": 1, "*** 2": 2, "*** 3": 3 });
});

test("two keys that are the same once redacted both stay", () => {
	const two = createMask(["first-secret", "other-secret"]);
	const { context } = redactContext({ data: { "first-secret": 1, "other-secret": 2, "*** 2": 3 } }, two);
	expect(Object.values(context.data ?? {}).toSorted()).toEqual([1, 2, 3]);
});

test("a secret of digits is redacted where it is a number, of any size", () => {
	const digits = createMask(["4821733906", "1152921506151679042"]);
	const data = { pin: 4821733906, id: new ExactNumber("1152921506151679042"), other: new ExactNumber("1.10") };
	expect(redactContext({ data }, digits)).toEqual({
		context: { data: { pin: "***", id: "***", other: data.other } },
		places: ["data.pin", "data.id"],
	});
});

test("the routing key that the metadata bring stays, and only there", () => {
	const given = { metadata: { routing_key: SECRET, deep: { routing_key: SECRET } }, data: { routing_key: SECRET } };
	const { context, places } = redactContext(given, mask);
	expect(context.metadata).toEqual({ routing_key: SECRET, deep: { routing_key: "***" } });
	expect(places).toEqual(["data.routing_key", "metadata.deep.routing_key"]);
});

test("what the metadata bring as a routing key, but cannot be one, is redacted", () => {
	const of = (routing_key: Json) => redactContext({ metadata: { routing_key, rows: 1 } }, mask);
	expect(of("k".repeat(1000)).places).toEqual([]);
	const places = ["metadata.routing_key"];
	expect(of("k".repeat(1001))).toEqual({ context: { metadata: { routing_key: "***", rows: 1 } }, places });
	expect(of([SECRET, 1])).toEqual({ context: { metadata: { routing_key: ["***", 1], rows: 1 } }, places });
});

test("takes a time that grows with the keys that are the same once redacted", () => {
	const secrets = Array.from({ length: 16 }, (_, at) => `secret-number-${at}-`);
	const spelt = (digits: string) => Array.from(digits, (digit) => secrets[Number.parseInt(digit, 16)]).join("");
	const data = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [spelt(at.toString(16)), 1]));
	const { context } = withinCpuTime(9000, () => redactContext({ data }, createMask(secrets)));
	expect(Object.keys(context.data ?? {}).at(-1)).toBe("*** 20000");
});

test("a context without secrets is the same one", () => {
	fc.assert(
		fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
			const given = { data: JSON.parse(JSON.stringify(data)) };
			expect(redactContext(given, mask)).toEqual({ context: given, places: [] });
			expect(redactContext(given, mask).context).toBe(given);
		}),
		{ numRuns: 100 },
	);
});

test("of the facts of the run only texts that anyone may have written are redacted", () => {
	const ci = {
		provider: "github",
		branch: SECRET,
		pull_request_title: `Use ${SECRET}`,
		commit: SECRET,
		commit_message: `Use \u001b[1m${SECRET}`,
		commit_author: SECRET,
		actor: SECRET,
	};
	const { context, places } = redactContext({ ci }, mask);
	const cleaned = { pull_request_title: "Use ***", commit_message: "Use ***", commit_author: "***" };
	expect(context).toEqual({ ci: { ...ci, ...cleaned } });
	expect(Object.keys(context.ci ?? {})).toEqual(Object.keys(ci));
	expect(places).toEqual(["ci.pull_request_title", "ci.commit_message", "ci.commit_author"]);
	const bare = { provider: "github", branch: SECRET };
	expect(redactContext({ ci: bare }, mask)).toEqual({ context: { ci: bare }, places: [] });
});
