// Filters in a config: what they mean, and those that can never match, told at their place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "../../../src/config/hook.ts";
import { CATALOG } from "../../../src/event/catalog.ts";
import { STATUSES } from "../../../src/event/event.ts";
import { meets } from "../../../src/plan/select.ts";
import { event, NO_CHAIN } from "../../helpers/make.ts";
import { mistakes, onlyProblem, parse, shell } from "../../helpers/parse.ts";

const hook = (filter: string, name = "pipeline_*") => `[[hook."${name}"]]\ncommand = "x"\nfilter = ${filter}\n`;

describe("a filter", () => {
	it("is read with all that it can ask", () => {
		const source = hook(
			'{ events = ["on_pipeline_error", "phase:pipeline"], entities = ["table", "dash*"], include = ["tags", " branch : release/* ", "uri:a:b"], exclude = "status:success" }',
		);
		expect(shell(source).filters).toEqual([
			{
				events: [
					{ kind: "event", event: "pipeline_error" },
					{ kind: "phase", phase: "pipeline" },
				],
				entities: ["table", "dash*"],
				include: [
					{ kind: "field", field: "tags" },
					{ kind: "value", key: "branch", pattern: "release/*" },
					{ kind: "value", key: "uri", pattern: "a:b" },
				],
				exclude: [{ kind: "value", key: "status", pattern: "success" }],
			},
		]);
	});

	it("is one table, or a list of them in any notation", () => {
		const one = { events: undefined, entities: undefined, exclude: [] };
		const [a, b] = ["a", "b"].map((field) => ({ ...one, include: [{ kind: "field", field }] }));
		expect(shell(hook('{ include = "a" }')).filters).toEqual([a]);
		expect(shell(hook('[{ include = "a" }, { include = ["b"] }]')).filters).toEqual([a, b]);
		const head = '[[hook.ping]]\ncommand = "x"\n';
		expect(shell(`${head}[hook.ping.filter]\ninclude = "a"`).filters).toEqual([a]);
		const tables = '[[hook.ping.filter]]\ninclude = "a"\n[[hook.ping.filter]]\ninclude = "b"';
		expect(shell(head + tables).filters).toEqual([a, b]);
		expect(shell(head).filters).toEqual(NO_CHAIN.filters);
	});

	it("of a hook that only others reach may ask for any event", () => {
		const source = `[[hook.ping]]\ncommand = "x"\nfallback = "b"\n[[subscription]]\nname = "b"\ncommand = "x"\nfilter = { events = "job.*" }`;
		expect(parse(source).hooks[1]?.filters).toHaveLength(1);
	});

	it("works in rocky.toml", () => {
		expect(shell('[hook.on_ping]\ncommand = "x"\nfilter = { include = "a" }', "rocky").filters).toHaveLength(1);
	});
});

/** The mistakes of a config in which a `¦` marks where the first one is expected. */
function expectAt(marked: string, message: string): void {
	const [before = "", after = ""] = marked.split("¦");
	const lines = before.split("\n");
	expect(mistakes(before + after)).toEqual([`${lines.length}:${(lines.at(-1) ?? "").length + 1} ${message}`]);
}

describe("a filter is refused", () => {
	it.each([
		["¦filter = 3", "filter must be a table, not an integer"],
		['filter = [¦"a"]', "filter must be a table, not a string"],
		["¦filter = []", "filter is empty"],
		["¦filter = {}", "filter asks nothing"],
		["filter = [¦{}]", "filter asks nothing"],
		['filter = { ¦includes = "a" }', 'unknown key "includes"'],
		['filter = { ¦domain = "Sales" }', 'unknown key "domain"'],
		["filter = { ¦events = [] }", "filter.events is empty"],
		["filter = { ¦entities = [] }", "filter.entities is empty"],
		["filter = { ¦include = [] }", "filter.include is empty"],
		["filter = { ¦exclude = [] }", "filter.exclude is empty"],
		["filter = { ¦include = 3 }", "filter.include must be an array of strings, not an integer"],
		['filter = { include = ["a", ¦true] }', "filter.include must hold strings, not a boolean"],
		['filter = { include = ["a", ¦"a"] }', 'filter.include has "a" twice'],
		['filter = { entities = ["a", ¦" "] }', "filter.entities has an empty string in it"],
		[
			'filter = { include = ["a", ¦"error:a\\nb"] }',
			"filter.include has a line break or control character in a string",
		],
		[
			'filter = { entities = ["a", ¦"\\u001b[31m"] }',
			"filter.entities has a line break or control character in a string",
		],
		['filter = { ¦include = ":a" }', '":a" has nothing before its colon'],
		['filter = { include = ["tags", ¦"all"] }', 'filter.include has "all", which stands for nothing but itself'],
		['filter = { ¦exclude = "All" }', 'filter.exclude has "All", which stands for nothing but itself'],
		['filter = { entities = [¦"all"] }', 'filter.entities has "all", which stands for nothing but itself'],
		['filter = { ¦include = "status=failure" }', '"status=failure" has no colon, and no field has such a name'],
		['filter = { include = ["a", ¦"branch == main"] }', '"branch == main" has no colon, and no field has such a name'],
		['filter = { include = ["a", ¦"!tags"] }', '"!tags" begins with "!", which negates nothing'],
		['filter = { ¦include = "! status:failure" }', '"! status:failure" begins with "!", which negates nothing'],
		['filter = { include = ["a", ¦"b: "] }', '"b:" has nothing after its colon'],
		['filter = { ¦exclude = "branch:${BRANCH}" }', "filter has a variable in it, and none is read there"],
		['filter = { ¦entities = "${KIND}" }', "filter has a variable in it, and none is read there"],
		['filter = { ¦events = "piepline_*" }', '"piepline_*" selects no event'],
		['filter = { events = ["pipeline_error", ¦"phase:none"] }', '"phase:none" selects no event'],
		['filter = { ¦events = "pipelin_error" }', 'unknown event "pipelin_error"'],
		['filter = { ¦events = "job.*" }', "filter.events has none of the hook's own events"],
		['filter = { ¦events = ["phase:quality", "ping"] }', "filter.events has none of the hook's own events"],
		['filter = { ¦include = "status:sucess" }', '"status:sucess" holds for no status'],
		['filter = { exclude = ["tags", ¦"status:fail"] }', '"status:fail" holds for no status'],
		['filter = { ¦include = "event:ping" }', '"event:ping" holds for none of the hook\'s events'],
		['filter = { ¦exclude = "phase:quality" }', '"phase:quality" holds for none of the hook\'s events'],
		[
			'filter = { events = "pipeline_start", ¦include = "event:*_error" }',
			'"event:*_error" holds for none of the hook\'s events',
		],
		['filter = { ¦include = "tags", exclude = "tags" }', '"tags" is always excluded by "tags"'],
		['filter = { include = ["a", ¦"tags.*"], exclude = "t*" }', '"tags.*" is always excluded by "t*"'],
		[
			'filter = { include = ["a:b", ¦"branch:release/1.*"], exclude = ["c", "branch:release/*"] }',
			'"branch:release/1.*" is always excluded by "branch:release/*"',
		],
		[
			'filter = { include = ["status:f*"], ¦exclude = ["status:failure"] }',
			"filter can never match: its items leave no status",
		],
		['filter = { ¦exclude = ["status:*e*", "status:*n*"] }', "filter can never match: its items leave no status"],
		['filter = { ¦exclude = "event:pipeline_*" }', "filter can never match: its items leave no event"],
		['filter = { ¦exclude = "phase:*" }', "filter can never match: its items leave no event"],
		['filter = { ¦exclude = "run_id:*" }', '"run_id:*" is true of every event, so that nothing is left'],
		[
			'filter = { exclude = ["tags", ¦"timestamp:**"] }',
			'"timestamp:**" is true of every event, so that nothing is left',
		],
		['filter = { ¦include = "table.name:orders" }', '"table.name:orders" can never hold: table has nothing inside'],
		['filter = { include = ["a", ¦"owners.name:*"] }', '"owners.name:*" can never hold: owners has nothing inside'],
		['filter = { ¦exclude = "status.code:1" }', '"status.code:1" can never hold: status has nothing inside'],
		['filter = { ¦include = "event.name:ping" }', '"event.name:ping" can never hold: event has nothing inside'],
		['filter = { ¦include = "duration_ms:>1000" }', '"duration_ms:>1000" can never hold: duration_ms is a number'],
		[
			'filter = { ¦include = "metadata.env:prod", exclude = "env:p*" }',
			'"metadata.env:prod" is always excluded by "env:p*"',
		],
		[
			'filter = { ¦include = "entity.domain.name:Sales", exclude = "domain.name:Sales" }',
			'"entity.domain.name:Sales" is always excluded by "domain.name:Sales"',
		],
	])("%s", (filter, message) => {
		expectAt(`[[hook."pipeline_*"]]\ncommand = "x"\n${filter}\n`, message);
	});

	it("where its items ask for two things that no event has at once", () => {
		const source = '[[subscription]]\nevents = ["ping", "job.*"]\ncommand = "x"\n';
		const filter = 'filter = { ¦include = ["event:ping", "phase:job"] }';
		expectAt(source + filter, "filter can never match: its items leave no event");
	});

	it("not where an item covers only a part of what another asks for", () => {
		expect(
			mistakes(hook('{ include = ["tags*", "branch:*"], exclude = ["tags", "branch:main", "ci.branch:*"] }')),
		).toEqual([]);
		expect(mistakes(hook('{ include = ["env:prod"], exclude = ["metadata.env:prod", "x.env:*"] }'))).toEqual([]);
		expect(mistakes(hook('{ include = ["data.table:a"], exclude = ["table:a"] }'))).toEqual([]);
	});

	it("not where a key that an event may lack is excluded, or a number asked for", () => {
		expect(mistakes(hook('{ exclude = ["error:*", "run_id:*-1", "ci.branch:*"] }'))).toEqual([]);
		expect(
			mistakes(hook('{ include = ["duration_ms:1*.5", "metadata.x.y:1", "changes.field:a", "phase.x:1"] }')),
		).toEqual([]);
	});

	it("with help", () => {
		const remedy = (filter: string) => onlyProblem(hook(filter)).remedy;
		expect(remedy('{ includes = "a" }')).toBe('did you mean "include"?');
		expect(remedy('{ include = "all" }')).toBe('write "*", or leave include out where nothing need be changed');
		expect(remedy('{ exclude = "all" }')).toBe('write "*"');
		expect(remedy('{ entities = "all" }')).toBe('write "*", or leave entities out where there need be none');
		expect(remedy('{ include = "status=failure" }')).toBe('write "status:failure"');
		expect(remedy('{ include = "branch !== main" }')).toBe('write "branch:main" into exclude');
		expect(remedy('{ include = "!status:failure" }')).toBe('write "status:failure" into exclude');
		expect(remedy('{ exclude = "!status:failure" }')).toBe('write "status:failure" into include');
		expect(remedy('{ domain = "Sales" }')).toBe('write it as include = ["domain:…"]');
		expect(remedy('{ events = "job.*" }')).toBe("those are pipeline_start, pipeline_complete or pipeline_error");
		expect(remedy('{ include = "status:sucess" }')).toBe('did you mean "status:success"?');
		expect(remedy('{ include = "event:pipeline_eror" }')).toBe('did you mean "event:pipeline_error"?');
		expect(remedy('{ include = "phase:x" }')).toBe('write "phase:pipeline"');
		expect(remedy('{ exclude = "status:x" }')).toMatch(/^write "status:started", .* or "status:warning"$/);
		expect(remedy('{ exclude = "id:*" }')).toBe("take it out");
		expect(remedy('{ include = "table.name:orders" }')).toBe('write "table:orders"');
		expect(remedy('{ include = "duration_ms:<5s" }')).toBe(
			"write digits, with * for any of them: values are compared as text",
		);
	});

	it("with all of its mistakes at once, and those of other filters", () => {
		const filters = '[{ include = ["status:x", "a:"] }, { entities = [] }, {}]';
		expect(mistakes(hook(filters))).toHaveLength(4);
	});
});

describe("an item that is refused by itself", () => {
	const KEYS = [
		"env",
		"metadata.env",
		"data.env",
		"ci.env",
		"table",
		"table.name",
		"run_id",
		"duration_ms",
		"owners.x",
	];
	const item = fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom("prod", "p*", "*", "dev", "5", ">5"));
	const value = fc.constantFrom("prod", "dev", "5", undefined);
	const contexts = fc.record({
		table: value,
		metadata: value,
		data: value,
		duration: fc.constantFrom(5, 1e21, undefined),
	});

	it("lets no event through", () => {
		let refused = 0;
		fc.assert(
			fc.property(
				item,
				fc.array(item, { maxLength: 2 }),
				fc.array(contexts, { minLength: 1 }),
				(include, exclude, given) => {
					const [texts, kept] = [[include], exclude].map((items) => items.map((parts) => parts.join(":")));
					const source = `include = ${JSON.stringify(texts)}, exclude = ${JSON.stringify([...new Set(["x:y", ...(kept ?? [])])])}`;
					const found = mistakes(hook(`{ ${source} }`));
					const hopeless = found.filter(
						(told) => !told.includes("can never hold") || told.includes(` "${texts?.[0]}" `),
					);
					if (hopeless.length === 0) return;
					refused++;
					const [wanted, ...unwanted] = [include, ...exclude].map(
						([key, pattern]): Condition => ({ kind: "value", key, pattern }),
					);
					const filter = { events: undefined, entities: undefined, include: wanted ? [wanted] : [], exclude: unwanted };
					const read = { ...shell(hook('{ include = "a" }')), filters: [filter] };
					for (const { table, metadata, data, duration } of given) {
						const context = {
							...(table === undefined ? {} : { table }),
							...(metadata === undefined ? {} : { metadata: { env: metadata } }),
							...(data === undefined ? {} : { data: { env: data } }),
							...(duration === undefined ? {} : { duration_ms: duration }),
						};
						expect(meets(read, event("pipeline_start", context)), source).toBe(false);
					}
				},
			),
			{ numRuns: 500 },
		);
		expect(refused).toBeGreaterThan(50);
	});
});

describe("a filter that asks for what is known beforehand", () => {
	const KNOWN =
		"status:success status:f* status:* event:pipeline_* event:*_error event:ping phase:pipeline phase:t* phase:*";
	const some = fc.uniqueArray(fc.constantFrom(...KNOWN.split(" ")), { maxLength: 3 });
	const condition = (item: string): Condition => {
		const [key = "", pattern = ""] = item.split(":");
		return { kind: "value", key, pattern };
	};
	const unfiltered = '[[subscription]]\nevents = ["pipeline_*", "ping"]\ncommand = "x"\n';

	it("is refused as one that can never match where no event with any status passes it, and only there", () => {
		let [refused, taken] = [0, 0];
		fc.assert(
			fc.property(some, some, (include, exclude) => {
				fc.pre(include.length + exclude.length > 0);
				const keys = Object.entries({ include, exclude }).filter(([, items]) => items.length > 0);
				const filter = keys.map(([key, items]) => `${key} = ${JSON.stringify(items)}`).join(", ");
				const found = mistakes(`${unfiltered}filter = { ${filter} }\n`);
				// An item that its own exclude covers is told as such.
				if (found.some((mistake) => mistake.includes("is always excluded by"))) return;
				const conditions = { include: include.map(condition), exclude: exclude.map(condition) };
				const read = { ...shell(unfiltered), filters: [{ events: undefined, entities: undefined, ...conditions }] };
				const passes = CATALOG.some(({ name }) => STATUSES.some((status) => meets(read, event(name, { status }))));
				expect(found.length === 0, filter).toBe(passes);
				if (passes) taken++;
				else refused++;
			}),
			{ numRuns: 400 },
		);
		expect(refused).toBeGreaterThan(20);
		expect(taken).toBeGreaterThan(20);
	});
});
