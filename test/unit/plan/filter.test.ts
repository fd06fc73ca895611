// Filters against events: what holds, what does not, and why not.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import { CI_FACTS } from "../../../src/model/event.ts";
import type { Condition, Filter } from "../../../src/model/hook.ts";
import { excludedByFilter } from "../../../src/plan/filter.ts";
import { anyEvent } from "../../helpers/any-event.ts";
import { event, type Told } from "../../helpers/make.ts";

/** `key:value`, or a field, as configs write it. */
const condition = (text: string): Condition => {
	const colon = text.indexOf(":");
	if (colon === -1) return { kind: "field", field: text };
	return { kind: "value", key: text.slice(0, colon), pattern: text.slice(colon + 1) };
};
const filter = (
	include: readonly string[] = [],
	exclude: readonly string[] = [],
	more: Partial<Filter> = {},
): Filter => {
	const [wanted, refused] = [include.map(condition), exclude.map(condition)];
	return { events: undefined, entities: undefined, include: wanted, exclude: refused, ...more };
};

const SALES: Told = {
	entity: {
		type: "table",
		name: "orders",
		fullyQualifiedName: "shop.public.orders",
		domain: { name: "Sales", id: "d-1", description: "all that is sold" },
		tags: [{ tagFQN: "PII.Sensitive", source: { name: "Classification" } }, { tagFQN: "Tier.One" }],
		"column.count": 12,
		deleted: false,
	},
	changes: [{ field: "tags", old: [], new: ["PII"] }, { field: "columns.email.description" }, { name: "no field" }],
	owners: ["alice", "bob"],
	metadata: {
		env: "prod",
		"release.name": "spring",
		release: { number: 7, name: "may" },
		nested: [[{ deep: "x" }]],
		"build.tool": { name: "make" },
		job_id: new ExactNumber("1152921506151679042"),
		version: new ExactNumber("1.10"),
	},
	data: { domain: "Finance", repo_name: "ocean", branch: "data", actor: "data" },
	ci: { branch: "release/1.2" },
};

const holds = (include: string, given = SALES) => {
	return excludedByFilter([filter([include])], event("entityUpdated", given)) === undefined;
};

describe("a condition", () => {
	it.each([
		"tags",
		"columns.*",
		"*.description",
		"event:entityUpdated",
		"phase:entity",
		"status:info",
		"owners:bob",
		"branch:release/*",
		"ci.branch:release/*",
		"domain:Sales",
		"data.domain:Finance",
		"repo_name:ocean",
		"name:orders",
		"domain:d-1",
		"entity.domain.name:S*",
		"tags:PII.*",
		"entity.tags.tagFQN:*.One",
		"entity.tags.source:Classification",
		"changes.field:tags",
		"metadata.env:prod",
		"metadata.release.number:7",
		"metadata.release.name:may",
		"metadata.build.tool.name:make",
		"entity.column.count:12",
		"entity.deleted:false",
		"metadata.nested.deep:x",
		"metadata.job_id:1152921506151679042",
		"metadata.version:1.10",
		"pipeline:etl",
		"entity:orders",
		"entity:shop.*",
	])("holds: %s", (include) => {
		expect(holds(include)).toBe(true);
	});

	it.each([
		["a field that has not changed", "owners"],
		["a part of a field", "tag"],
		["another case", "TAGS"],
		["another value", "metadata.env:dev"],
		["a part of a value", "metadata.env:pro"],
		["a key of the metadata without metadata", "env:prod"],
		["a fact of the CI among the data", "actor:*"],
		["a short key in another part", "domain:Finance"],
		["a number's digits as JavaScript has them", "metadata.job_id:1152921506151679000"],
		["what a longer key hides", "metadata.release.name:spring"],
		["inside of a number", "metadata.job_id.text:*"],
		["a key of an object's text", "domain:all that is sold"],
		["a key that is nowhere", "team:data"],
		["what every object has", "constructor:*"],
		["what every object has, further down", "metadata.toString:*"],
		["the prototype", "__proto__.a:*"],
		["a key of the context among the metadata", "pipeline:orders"],
		["an index", "owners.0:alice"],
		["more than there is", "metadata.env.name:*"],
		["an object that goes by no name", "metadata:*"],
	])("does not hold: %s (%s)", (_, include) => {
		expect(holds(include)).toBe(false);
	});

	it("finds owners and domains in either spelling, as one value or a list, in the entity and among changes", () => {
		const lists: Told = { entity: { owners: [{ name: "ann" }, { name: "ben" }], domains: [{ name: "Sales" }] } };
		const singles: Told = { entity: { owner: { name: "ben" }, domain: "Sales" } };
		for (const given of [lists, singles]) {
			for (const item of ["owner:ben", "owners:ben", "owner.name:b*", "domain:Sales", "domains:Sales"]) {
				expect(holds(item, given), item).toBe(true);
			}
			expect(holds("owner:eve", given)).toBe(false);
		}
		// A path that begins at the entity means what it says.
		expect(holds("entity.owner:ben", lists)).toBe(false);
		for (const field of ["owner", "owners", "domain", "domains"]) {
			for (const asked of [field, field.replace(/s$/, ""), `${field.replace(/s$/, "")}s`]) {
				expect(holds(asked, { changes: [{ field, new: "x" }] }), `${asked}, ${field}`).toBe(true);
			}
			expect(holds("tags", { changes: [{ field, new: "x" }] })).toBe(false);
		}
	});

	it("looks for no key of the context anywhere else", () => {
		expect(holds("table:orders", { metadata: { table: "orders" } })).toBe(false);
		expect(holds("metadata.table:orders", { metadata: { table: "orders" } })).toBe(true);
	});

	it("looks at own properties only", () => {
		expect(holds("metadata.env:prod", { metadata: Object.create({ env: "prod" }) })).toBe(false);
		expect(holds("domain:Sales", { entity: { domain: Object.create({ name: "Sales" }) } })).toBe(false);
	});

	it("looks at text, numbers and booleans only", () => {
		expect(holds("metadata.env:*", { metadata: { env: null } })).toBe(false);
		expect(holds("metadata.env:*", { metadata: { env: [] } })).toBe(false);
		expect(holds("metadata.env:*", { metadata: { env: [null, 0] } })).toBe(true);
	});
});

const fault = (filters: readonly Filter[], given = SALES) => excludedByFilter(filters, event("entityUpdated", given));

describe("a filter", () => {
	it("takes any field, any value under one key, and every key", () => {
		expect(fault([filter(["tags", "owners", "metadata.env:dev", "metadata.env:prod", "branch:*"])])).toBeUndefined();
		expect(fault([filter(["tags", "metadata.env:dev"])])).toBe("its filter requires metadata.env:dev");
		expect(fault([filter(["owners", "name", "metadata.env:prod"])])).toBe(
			"its filter requires changed owners or changed name",
		);
		expect(fault([filter(["metadata.env:prod", "owner:a", "owner:b"])])).toBe("its filter requires owner:a or owner:b");
	});

	it("is closed by any item that is excluded", () => {
		expect(fault([filter([], ["metadata.env:dev", "owners"])])).toBeUndefined();
		expect(fault([filter(["tags"], ["metadata.env:dev", "branch:rel*"])])).toBe("its filter excludes branch:rel*");
		expect(fault([filter([], ["tags"])])).toBe("its filter excludes changed tags");
	});

	it("asks for kinds of entities", () => {
		const of = (...entities: string[]) => [filter([], [], { entities })];
		expect(fault(of("topic", "tab*"))).toBeUndefined();
		expect(fault(of("*"))).toBeUndefined();
		expect(fault(of("topic", "dash*"))).toBe("its filter requires entities topic or dash*");
		expect(fault(of("model"), { table: "a", model: "b" })).toBeUndefined();
		expect(fault(of("*"), {})).toBe("its filter requires entities *");
	});

	it("narrows the events", () => {
		const events = [{ kind: "glob", pattern: "job.*" } as const, { kind: "phase", phase: "quality" } as const];
		const narrow = filter([], [], { events });
		expect(fault([narrow])).toBe("its filter requires events job.* or phase:quality");
		expect(excludedByFilter([narrow], event("job.failed"))).toBeUndefined();
		expect(excludedByFilter([narrow], event("check_result"))).toBeUndefined();
	});

	it("is one of several of which one must hold; none at all lets everything through", () => {
		expect(fault([])).toBeUndefined();
		expect(fault([filter(["metadata.env:dev"]), filter(["metadata.env:prod"])])).toBeUndefined();
		expect(fault([filter(["metadata.env:dev"]), filter([], ["tags"])])).toBe(
			"its filter requires metadata.env:dev, or excludes changed tags",
		);
		expect(fault([filter(["metadata.env:dev"]), filter(["metadata.env:dev"])])).toBe(
			"its filter requires metadata.env:dev",
		);
	});
});

describe("of an event's name alone", () => {
	const { definition } = event("job.failed");
	const may = (...filters: readonly Filter[]) => excludedByFilter(filters, { definition });

	it("a filter may hold in all that only a context tells", () => {
		expect(may(filter(["tags", "metadata.env:prod"], ["branch:x", "owners"], { entities: ["table"] }))).toBeUndefined();
	});

	it("a filter does not hold in what the name tells already", () => {
		expect(may(filter([], [], { events: [{ kind: "phase", phase: "pipeline" }] }))).toContain("phase:pipeline");
		expect(may(filter(["event:job.*"]))).toBeUndefined();
		expect(may(filter(["event:pipeline_*"]))).toBe("its filter requires event:pipeline_*");
		expect(may(filter([], ["phase:j*"]))).toBe("its filter excludes phase:j*");
	});

	it("nothing is kept out that a context would let in", () => {
		const item = fc.constantFrom(
			...["tags", "metadata.env:a", "event:job.*", "event:p*", "phase:j*", "status:s*", "metadata.a:*"].map(condition),
		);
		const some = fc.array(item, { maxLength: 3 });
		const any = fc.array(fc.record({ include: some, exclude: some }), { maxLength: 3 });
		fc.assert(
			fc.property(any, anyEvent, (all, happened) => {
				const filters = all.map((one) => ({ ...filter(), ...one }));
				if (excludedByFilter(filters, happened) !== undefined) return;
				expect(excludedByFilter(filters, { definition: happened.definition })).toBeUndefined();
			}),
			{ numRuns: 200 },
		);
	});
});

describe("whatever the event is", () => {
	const key = fc.oneof(
		fc.constantFrom(
			"status",
			"event",
			"phase",
			"entity",
			"changes",
			"metadata",
			"metadata.a",
			"metadata.deep",
			"data.deep.a",
			"branch",
			"ci.branch",
			"name",
			"id",
		),
		fc.string({ minLength: 1, maxLength: 5 }),
	);
	const item: fc.Arbitrary<Condition> = fc.oneof(
		fc.record({ kind: fc.constant("value" as const), key, pattern: fc.constantFrom("*", "a*", "*1", "info", "x") }),
		fc.record({ kind: fc.constant("field" as const), field: fc.constantFrom("*", "a*", "tags") }),
	);
	const open = (include: readonly Condition[], exclude: readonly Condition[] = []) => ({
		...filter(),
		include,
		exclude,
	});

	it("an item either holds or excludes nothing", () => {
		fc.assert(
			fc.property(item, anyEvent, (one, happened) => {
				const included = excludedByFilter([open([one])], happened) === undefined;
				expect(excludedByFilter([open([], [one])], happened) !== undefined).toBe(included);
				expect(excludedByFilter([open([one], [one])], happened)).toBeDefined();
			}),
			{ numRuns: 200 },
		);
	});

	it("several filters hold where one of them does, and items of different keys where each does", () => {
		fc.assert(
			fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), anyEvent, (items, happened) => {
				const passes = (...filters: readonly Filter[]) => excludedByFilter(filters, happened) === undefined;
				const each = items.map((one) => passes(open([one])));
				expect(passes(...items.map((one) => open([one])))).toBe(each.includes(true));
				const keys = items.map((one) => (one.kind === "field" ? "" : one.key));
				const groups = keys.map((name) => keys.flatMap((other, at) => (other === name ? [each[at]] : [])));
				expect(passes(open(items))).toBe(groups.every((group) => group.includes(true)));
			}),
			{ numRuns: 200 },
		);
	});

	it("what is given changes nothing of what a fact of the CI is", () => {
		const fact = fc.constantFrom(...Object.keys(CI_FACTS));
		const word = fc.constantFrom("a", "b", "dependabot/x");
		const given = fc.dictionary(fact, fc.oneof(word, fc.dictionary(fact, word)));
		const parts = fc.record({ metadata: given, data: given, resource: given, entity: given }, { requiredKeys: [] });
		fc.assert(
			fc.property(fact, word, fc.dictionary(fact, word), parts, (name, pattern, ci, told) => {
				const one: Condition = { kind: "value", key: name, pattern };
				const passes = (more: Told) => excludedByFilter([open([one])], event("ping", { ...more, ci })) === undefined;
				expect(passes(told)).toBe(passes({}));
				expect(passes(told)).toBe({ provider: "local", ...ci }[name] === pattern);
			}),
			{ numRuns: 150 },
		);
	});
});
