// Filters in a config: what they mean, and the places of errors in them.
import { describe, expect, it } from "vitest";
import { NO_CHAIN } from "../../helpers/make.ts";
import { mistakes, onlyProblem, parse, shell } from "../../helpers/parse.ts";

const hook = (filter: string, name = "pipeline_*") => `[[hook."${name}"]]\ncommand = "x"\nfilter = ${filter}\n`;

describe("a filter", () => {
	it("is read with all that it can ask", () => {
		const source = hook(
			'{ events = ["on_pipeline_error", "phase:pipeline"], entities = ["table", "dash*"], include = ["tags", " branch : release/* ", "metadata.uri:a:b"], exclude = "status:success" }',
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
					{ kind: "value", key: "metadata.uri", pattern: "a:b" },
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

/** The errors of a config in which a `¦` marks where the first one is expected. */
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
		["filter = [¦{}]", "filter is empty"],
		['filter = { ¦includes = "a" }', 'unknown key "includes"'],
		['filter = { ¦domain = "Sales" }', 'unknown key "domain"'],
		["filter = { ¦events = [] }", "filter.events is empty"],
		["filter = { ¦entities = [] }", "filter.entities is empty"],
		["filter = { ¦include = [] }", "filter.include is empty"],
		["filter = { ¦exclude = [] }", "filter.exclude is empty"],
		["filter = { ¦include = 3 }", "filter.include must be an array of strings, not an integer"],
		['filter = { include = ["a", ¦true] }', "filter.include must contain strings, not a boolean"],
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
		['filter = { include = ["tags", ¦"all"] }', 'filter.include has "all", which matches only itself'],
		['filter = { entities = [¦"all"] }', 'filter.entities has "all", which matches only itself'],
		['filter = { ¦include = "status=failure" }', '"status=failure" has no colon, and no field has such a name'],
		['filter = { include = ["a", ¦"branch == main"] }', '"branch == main" has no colon, and no field has such a name'],
		['filter = { include = ["a", ¦"!tags"] }', '"!tags" begins with "!", but a filter has no negation'],
		['filter = { ¦include = "! status:failure" }', '"! status:failure" begins with "!", but a filter has no negation'],
		['filter = { include = ["a", ¦"b: "] }', '"b:" has nothing after its colon'],
		['filter = { ¦exclude = "branch:${BRANCH}" }', "filter has a variable in it, but filters do not read variables"],
		['filter = { ¦entities = "${KIND}" }', "filter has a variable in it, but filters do not read variables"],
		['filter = { ¦events = "piepline_*" }', '"piepline_*" selects no event'],
		['filter = { events = ["pipeline_error", ¦"phase:none"] }', '"phase:none" selects no event'],
		['filter = { ¦events = "pipelin_error" }', 'unknown event "pipelin_error"'],
		['filter = { ¦include = "status:sucess" }', '"status:sucess" names an unknown status'],
		['filter = { ¦include = "event:pingg" }', '"event:pingg" names an unknown event'],
		['filter = { ¦exclude = "phase:qualty" }', '"phase:qualty" names an unknown phase'],
		['filter = { ¦include = "duration_ms:>1000" }', '"duration_ms:>1000" is a comparison, but filters match text'],
		['filter = { ¦include = "env:prod" }', '"env:prod" has an unknown key'],
		['filter = { include = ["tags", ¦"brnach:main"] }', '"brnach:main" has an unknown key'],
		['filter = { ¦exclude = "Branch:main" }', '"Branch:main" has an unknown key'],
		['filter = { ¦exclude = "dbt.version:1" }', '"dbt.version:1" has an unknown key'],
		['filter = { ¦exclude = "constructor:*" }', '"constructor:*" has an unknown key'],
		['filter = { ¦exclude = "ci.brnach:main" }', '"ci.brnach:main" names an unknown fact of the CI'],
		['filter = { ¦include = "branch" }', '"branch" is a fact of the CI, and not a field that an event changes'],
		['filter = { ¦include = "branch:main,dev" }', '"branch:main,dev" can never match: no branch has such a name'],
		['filter = { ¦include = "branch:/^main$/" }', '"branch:/^main$/" can never match: no branch has such a name'],
		['filter = { ¦exclude = "ci.tag:v[0-9]" }', '"ci.tag:v[0-9]" can never match: no tag has such a name'],
		['filter = { ¦include = "branch:=main" }', '"branch:=main" is a comparison, but filters match text'],
		[
			'filter = { ¦include = "metadata.rows > 5" }',
			'"metadata.rows > 5" has no colon, and no field has such a name; filters match text',
		],
		[
			'filter = { ¦include = "branch:!main" }',
			'"branch:!main" has a value that begins with "!", but a filter has no negation',
		],
	])("%s", (filter, message) => {
		expectAt(`[[hook."pipeline_*"]]\ncommand = "x"\n${filter}\n`, message);
	});

	it("not where what it asks for may be there", () => {
		const items = [
			...["error:*", "run_id:*-1", "ci.branch:*", "branch:*", "duration_ms:1*.5", "metadata.x.y:1", "changes.field:a"],
			...["entity.x.y:1", "data.branch:1", "domain.name:a", "tags:PII.*", "repo_name:ocean", "actor:*", "attempt:1"],
			...["status:*e*", "event:*_error", "metadata.a:x!", "metadata.a:x>1"],
		];
		expect(mistakes(hook(`{ include = ${JSON.stringify(items)}, exclude = ["tags", "branch:main"] }`))).toEqual([]);
	});

	it("with help", () => {
		const remedy = (filter: string) => onlyProblem(hook(filter)).remedy;
		expect(remedy('{ includes = "a" }')).toBe('did you mean "include"?');
		expect(remedy('{ include = "all" }')).toBe('write "*", or leave include out');
		expect(remedy('{ exclude = "all" }')).toBe('write "*"');
		expect(remedy('{ entities = "all" }')).toBe('write "*", or leave entities out');
		expect(remedy('{ include = "status=failure" }')).toBe('write "status:failure"');
		expect(remedy('{ include = "branch !== main" }')).toBe('write "branch:main" into exclude');
		expect(remedy('{ include = "!status:failure" }')).toBe('write "status:failure" into exclude');
		expect(remedy('{ exclude = "!status:failure" }')).toBe('write "status:failure" into include');
		expect(remedy('{ domain = "Sales" }')).toBe('write it as include = ["domain:…"]');
		expect(remedy('{ include = "status:sucess" }')).toBe('did you mean "status:success"?');
		expect(remedy('{ include = "event:pipeline_eror" }')).toBe('did you mean "event:pipeline_error"?');
		expect(remedy('{ include = "phase:x" }')).toMatch(/^write "phase:pipeline", /);
		expect(remedy('{ exclude = "status:x" }')).toMatch(/^write "status:started", .* or "status:warning"$/);
		expect(remedy('{ include = "duration_ms:>5" }')).toMatch(/^write the text itself, with \* for any characters;/);
		expect(remedy('{ include = "env:prod" }')).toBe('write "metadata.env:prod" for metadata of your own');
		expect(remedy('{ include = "dbt.version:1" }')).toBe('write "metadata.dbt.version:1" for metadata of your own');
		const own = 'Or write "metadata.brnach:main" for metadata of your own';
		expect(remedy('{ include = "brnach:main" }')).toBe(`did you mean "branch:main"? ${own}`);
		expect(remedy('{ include = "ci.brnach:main" }')).toBe('did you mean "ci.branch:main"?');
		expect(remedy('{ include = "branch:!main" }')).toBe('write "branch:main" into exclude');
		expect(remedy('{ exclude = "branch:! main" }')).toBe('write "branch:main" into include');
	});

	it("with all of its errors at once, and those of other filters", () => {
		const filters = '[{ include = ["status:x", "a:"] }, { entities = [] }, {}]';
		expect(mistakes(hook(filters))).toHaveLength(4);
	});
});
