// Chains in a config: fallbacks and followers by their names, and never in a circle.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mistakes, onlyProblem, parse } from "../../helpers/parse.ts";

/** A shell hook on `ping` with a name and more keys. */
const hook = (name: string, ...more: readonly string[]) =>
	["[[hook.ping]]", `name = "${name}"`, 'command = "x"', ...more, ""].join("\n");

/** A webhook on `ping`. */
const post = (name: string, ...more: readonly string[]) =>
	["[[hook.webhooks.ping]]", `name = "${name}"`, 'url = "https://example.com/"', ...more, ""].join("\n");
const gate = (name: string, ...more: readonly string[]) => post(name, 'on_failure = "abort"', ...more);
const batching = (name: string) => post(name, "batch_size = 5");

describe("fallback and then", () => {
	it("name hooks of any kind, also by the names that they have of themselves", () => {
		const { hooks } = parse(`
[[hook.webhooks.ping]]
url = "https://example.com/"
fallback = " pager "
then = ["commit-shell-1", "subscription-1"]
[[hook.commit]]
command = "x"
then = "pager"
[[subscription]]
command = "x"
[[subscription]]
name = "pager"
url = "https://example.com/"
`);
		expect(hooks.map(({ fallback, onSuccess }) => [fallback, onSuccess])).toEqual([
			["pager", ["commit-shell-1", "subscription-1"]],
			[undefined, ["pager"]],
			[undefined, []],
			[undefined, []],
		]);
	});

	it("may meet in one hook by several ways", () => {
		const source = [
			hook("a", 'fallback = "d"', 'then = ["b", "c"]'),
			hook("b", 'then = "d"'),
			hook("c", 'fallback = "d"'),
			hook("d"),
		];
		expect(mistakes(source.join(""))).toEqual([]);
	});

	it.each([
		[hook("a", 'fallback = "b"'), '4:1 fallback names "b", and no hook has that name'],
		[hook("a", 'then = ["a1", "b"]') + hook("a1"), '4:15 then names "b", and no hook has that name'],
		[hook("a", "fallback = 3"), "4:1 fallback must be a string, not an integer"],
		[hook("a", 'fallback = ["b"]'), "4:1 fallback must be a string, not an array"],
		[hook("a", 'fallback = ""'), "4:1 fallback is empty"],
		[hook("a", "then = []"), "4:1 then is empty"],
		[hook("a", "then = [1]"), "4:9 then must contain strings, not an integer"],
		[hook("a", 'then = ["b", "b"]') + hook("b"), '4:14 then has "b" twice'],
		[hook("a", 'fallback = "a"'), "4:1 fallback leads back to itself: a → a"],
		[hook("a", 'then = "a"'), "4:1 then leads back to itself: a → a"],
		[
			hook("a", 'fallback = "b"') + hook("b", 'then = ["c", "a"]') + hook("c"),
			"8:14 then leads back to itself: a → b → a",
		],
		[
			hook("a", 'then = "b"') + hook("b", 'then = "c"') + hook("c", 'fallback = "b"'),
			"12:1 fallback leads back to itself: b → c → b",
		],
		[
			hook("a", 'then = ["gate"]') + hook("gate", 'on_failure = "abort"'),
			'4:9 then names "gate", which is a gate, and gates are asked before anything runs',
		],
		[
			`[defaults]\non_failure = "abort"\n${hook("a", 'then = "b"')}${hook("b")}`,
			'6:1 then names "b", which is a gate, and gates are asked before anything runs',
		],
	])("are refused: %j", (source, mistake) => {
		expect(mistakes(source)).toEqual([mistake]);
	});

	it.each([
		[
			gate("a", 'fallback = "b"') + batching("b"),
			'5:1 fallback names "b", which has a batch_size, and gates are never batched',
		],
		[
			hook("a", 'on_failure = "abort"', 'fallback = "b"') + post("b", 'fallback = "c"') + batching("c"),
			'9:1 fallback names "c", which has a batch_size, and gates are never batched',
		],
		[
			gate("a", 'fallback = "b"') + gate("z", 'fallback = "b"') + post("b", 'fallback = "c"') + batching("c"),
			'14:1 fallback names "c", which has a batch_size, and gates are never batched',
		],
	])("refuse a batch in the place of a gate: %j", (source, mistake) => {
		expect(mistakes(source)).toEqual([mistake]);
		expect(onlyProblem(source).remedy).toBe("name another hook, or remove batch_size of that one");
	});

	it("may name a hook with a batch_size everywhere else, and a gate that does not take it as a default", () => {
		const source = `[defaults.webhook]\nbatch_size = 5\n${gate("a", 'fallback = "b"')}${gate("b")}`;
		expect(mistakes(source)).toEqual([]);
		expect(mistakes(post("a", 'fallback = "b"', 'then = "b"') + batching("b"))).toEqual([]);
	});

	it("may require_allow in the place of a gate, and nowhere else but in a gate", () => {
		const required = "require_allow = true";
		const gated = gate("a", 'fallback = "b"', required) + post("b", 'fallback = "c"') + post("c", required);
		expect(mistakes(gated)).toEqual([]);
		const message = "require_allow is for gates, and this hook is not a gate";
		expect(mistakes(post("a", required))).toEqual([`4:1 ${message}`]);
		expect(mistakes(post("a", "require_allow = false", 'then = "b"') + gate("c") + post("b", required))).toEqual([
			`4:1 ${message}`,
			`13:1 ${message}`,
		]);
		expect(mistakes(hook("a", required))).toEqual(["4:1 require_allow belongs to a webhook, and this is a shell hook"]);
		const { hooks } = parse(`[defaults.webhook]\n${required}\n${gate("a", "require_allow = false")}${post("b")}`);
		expect(hooks.map((each) => each.kind === "webhook" && each.requireAllow)).toEqual([false, true]);
	});

	it("take no default for batch_size in the place of a gate, and elsewhere do", () => {
		const gated = gate("a", 'fallback = "b"') + post("b", 'fallback = "c"') + post("c") + post("d", 'fallback = "e"');
		const { hooks } = parse(`[defaults.webhook]\nbatch_size = 5\n${gated}${post("e")}`);
		expect(hooks.map((each) => each.kind === "webhook" && [each.name, each.batchSize])).toEqual([
			["a", undefined],
			["b", undefined],
			["c", undefined],
			["d", 5],
			["e", 5],
		]);
	});

	it("in a circle of gates are told as a circle alone", () => {
		const source = gate("a", 'fallback = "b"') + gate("b", 'fallback = "a"');
		expect(mistakes(source)).toEqual(["10:1 fallback leads back to itself: a → b → a"]);
	});

	it("are told with help", () => {
		expect(onlyProblem(hook("alert-data", 'then = "pagr"') + hook("pager")).remedy).toBe('did you mean "pager"?');
		expect(onlyProblem(hook("a", 'then = "zzz"')).remedy).toBe("`pipeline-hooks list` shows the names of hooks");
	});

	it("take a gate for a fallback, which answers in the place of another", () => {
		expect(mistakes(hook("a", 'fallback = "b"') + hook("b", 'on_failure = "abort"'))).toEqual([]);
	});

	it("tell every circle once, however many hooks lead into it", () => {
		const source = ["a", "b", "c"].map((name) => hook(name, 'then = "x"')).join("");
		expect(mistakes(source + hook("x", 'fallback = "y"') + hook("y", 'then = ["x", "y"]'))).toEqual([
			"20:9 then leads back to itself: x → y → x",
			"20:14 then leads back to itself: y → y",
		]);
	});

	it("warn of a disabled hook that they name, unless they are disabled themselves", () => {
		const off = "enabled = false";
		const source =
			hook("a", 'fallback = "off"', 'then = ["b", "off"]') +
			hook("b") +
			hook("off", off) +
			hook("c", off, 'then = "off"');
		expect(parse(source).warnings.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`)).toEqual([
			'4:1 fallback names "off", which is disabled',
			'5:14 then names "off", which is disabled',
		]);
	});
});

describe("circles", () => {
	/** Hooks that each name others by number, or none. */
	const graph = fc.array(fc.tuple(fc.option(fc.nat(9), { freq: 1 }), fc.uniqueArray(fc.nat(9), { maxLength: 1 })), {
		minLength: 10,
		maxLength: 10,
	});

	it("are found wherever a way leads back to its beginning, and nowhere else", () => {
		let [round, open] = [0, 0];
		fc.assert(
			fc.property(graph, (hooks) => {
				const targets = hooks.map(([fallback, then]) => [...(fallback === null ? [] : [fallback]), ...then]);
				const source = hooks.map(([fallback, then], index) =>
					hook(
						`h${index}`,
						...(fallback === null ? [] : [`fallback = "h${fallback}"`]),
						...(then.length === 0 ? [] : [`then = ${JSON.stringify(then.map((at) => `h${at}`))}`]),
					),
				);
				// What is left when hooks that lead nowhere are taken away again and again is in circles, or leads to one.
				let left = new Set(hooks.keys());
				for (let before = -1; before !== left.size; ) {
					before = left.size;
					left = new Set([...left].filter((at) => targets[at]?.some((target) => left.has(target))));
				}
				const found = mistakes(source.join(""));
				if (left.size > 0) round++;
				else open++;
				expect(found.length > 0).toBe(left.size > 0);
				for (const mistake of found) {
					const [, way = ""] = mistake.split("circle: ");
					const names = way.split(" → ");
					expect(names.at(-1)).toBe(names[0]);
					for (const [at, name] of names.slice(1).entries()) {
						expect(targets[Number(names[at]?.slice(1))]?.map((target) => `h${target}`)).toContain(name);
					}
				}
			}),
			{ numRuns: 300 },
		);
		expect(round).toBeGreaterThan(20);
		expect(open).toBeGreaterThan(20);
	});

	it("are told by their beginning and end where they are long", () => {
		const source = Array.from({ length: 100 }, (_, at) => hook(`h${at}`, `then = "h${(at + 1) % 100}"`)).join("");
		expect(mistakes(source)).toEqual([
			"400:1 then leads back to itself: h0 → h1 → h2 → h3 → h4 → … → h96 → h97 → h98 → h99 → h0",
		]);
	});
});
