// Whatever a TOML file says, the decoder returns a config or throws errors of the user, and in bounded time.
import fc from "fast-check";
import { stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/model/problem.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { parse, problemsOf } from "../../helpers/parse.ts";

const KEYS = `
	hook hooks webhooks defaults shell webhook event ping on_pipeline_start generation completed name
	command url env headers preset routing_key custom_details mention body_template timeout_ms
	on_failure async enabled events filter entities include exclude fallback then batch_size secret
	constructor title Host
`
	.trim()
	.split(/\s+/);

const { value: anything } = fc.letrec((tie) => ({
	value: fc.oneof(
		{ maxDepth: 6, withCrossShrink: true },
		fc.string({ unit: "grapheme" }),
		fc.constantFrom(
			..."slack pagerduty abort warn job.* phase:quality status:success status:* subscription-1".split(" "),
		),
		fc.constantFrom("POST", "https://example.com/", "${VAR}", "${", "{{#if a}}"),
		fc.oneof(
			fc.maxSafeInteger(),
			fc.double(),
			fc.boolean(),
			fc.date({ noInvalidDate: true }),
			fc.bigInt(-(2n ** 62n), 2n ** 62n),
		),
		tie("table"),
		fc.array(tie("value"), { maxLength: 3 }),
		fc.array(tie("table"), { maxLength: 3 }),
	),
	table: fc.dictionary(
		fc.oneof(
			{ weight: 9, arbitrary: fc.constantFrom(...KEYS) },
			{ weight: 1, arbitrary: fc.string({ unit: "binary" }) },
		),
		tie("value"),
		{
			maxKeys: 5,
		},
	),
}));

const hooks = fc.dictionary(fc.constantFrom("hook", "hooks", "subscription", "defaults", "event"), anything, {
	minKeys: 1,
});

const whole = (source: string) => {
	for (const dialect of ["native", "rocky"] as const) {
		try {
			expect(parse(source, dialect).file).toBe("hooks.toml");
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
			for (const { message, remedy } of error.problems) {
				expect(`${message}${remedy}`).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
				expect(message).not.toBe("");
			}
		}
	}
};

describe("the decoder", () => {
	it("throws nothing but errors of the user for any TOML", () => {
		fc.assert(
			fc.property(hooks, (table) => whole(stringify(table))),
			{ numRuns: 200 },
		);
	});
});

describe("large files", () => {
	const many = (one: (index: number) => string) => Array.from({ length: 10_000 }, (_, index) => one(index)).join("\n");

	it("may have 10 000 hooks", () => {
		const source = many(
			(index) => `[[hook.webhooks.pipeline_error]]
name = "hook-${index}"
url = "https://example.com/${index}"
preset = "slack"
secret = "\${SECRET}"
headers = { X-Index = "${index}" }
body_template = '{"text": "{{error}}"}'
`,
		);
		withinCpuTime(15_000, () => expect(parse(source).hooks).toHaveLength(10_000));
	});

	it("may have 20 000 errors, of which a hundred are told and the others counted", () => {
		const source = many((index) => `[[hook.ping]]\ncomand = "${index}"`);
		withinCpuTime(15_000, () => {
			const problems = problemsOf(source);
			expect(problems).toHaveLength(101);
			expect(problems.at(-1)).toEqual({
				code: "config_shape",
				message: "19900 more errors in hooks.toml",
				remedy: "correct these first",
			});
			expect(problems[99]).toHaveProperty("frame");
		});
	});

	it("may have 10 000 unknown events", () => {
		const source = many((index) => `[hook.pipeline_starting_${index}]\ncommand = "x"`);
		withinCpuTime(15_000, () => expect(problemsOf(source)).toHaveLength(101));
	});

	it("may have 2 000 unknown events that are lists of nothing", () => {
		const events = (hook: number) => Array.from({ length: 1000 }, (_, index) => `${",".repeat(900)}{${hook}-${index}`);
		const hooks = Array.from(
			{ length: 2 },
			(_, hook) => `[[subscription]]\nevents = ${JSON.stringify(events(hook))}\n`,
		);
		withinCpuTime(2000, () => expect(problemsOf(hooks.join(""))).toHaveLength(101));
	});

	/** Each has the one before for its fallback, and the first one what is given. */
	const chain = (first: string) =>
		many(
			(index) => `[[subscription]]
name = "hook-${index}"
events = ["*_${index % 2 === 0 ? "start" : "error"}", "job.*", "phase:quality"]
url = "https://example.com/${index}"
filter = { events = "job.*", include = ["status:f*", "branch:release/*", "tags"], exclude = ["status:success"] }
${index === 0 ? first : `fallback = "hook-${index - 1}"`}
`,
		);

	it("may have 10 000 subscriptions with globs and filters, each the next one's fallback", () => {
		const source = chain("");
		withinCpuTime(15_000, () => expect(parse(source).hooks).toHaveLength(10_000));
	});

	it("may have a circle of 10 000 hooks, and be refused", () => {
		const source = chain('fallback = "hook-9999"');
		withinCpuTime(15_000, () => {
			expect(problemsOf(source)).toMatchObject([
				{ message: expect.stringMatching(/^fallback leads back to itself: hook-0 → .* → … → .* → hook-0$/) },
			]);
		});
	});

	it("may have 10 000 selectors, filters and names that mean nothing", () => {
		const source = many(
			(index) => `[[subscription]]
events = ["pipelin_${index}*", "phase:qualit${index}"]
url = "https://example.com/"
filter = { include = ["status:x${index}"], exclude = "event:pip${index}" }
then = "subscription-x${index}"
`,
		);
		withinCpuTime(15_000, () => expect(problemsOf(source)).toHaveLength(101));
	});

	it.each([
		["arrays", `hook.ping = ${"[".repeat(1000)}${"]".repeat(1000)}`],
		["deeper arrays", `hook.ping = ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
		["tables", `hook.ping = ${"{a=".repeat(1000)}1${"}".repeat(1000)}`],
		["filters", `hook.ping.filter = ${"{include=".repeat(1000)}1${"}".repeat(1000)}`],
		["filters in filters", `hook.ping.filter = ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
		["globs", `[hook${'."*"'.repeat(100_000)}]`],
		["subscriptions", `[subscription${".a".repeat(100_000)}]`],
		["headers", `[hook.webhooks${".ping".repeat(100_000)}]`],
		["events", `[event${".a".repeat(100_000)}]`],
		["defaults", `[defaults${".webhook".repeat(100_000)}]`],
	])("may nest %s as deep as they like, and be refused", (_, source) => {
		withinCpuTime(15_000, () => expect(problemsOf(source).length).toBeGreaterThan(0));
	});
});
