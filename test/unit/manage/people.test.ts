// Whom an event concerns: its author, its owners by the event, by CODEOWNERS or by the hook, followers and admins.
import { describe, expect, it, test } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { findPeople } from "../../../src/manage/people.ts";
import type { Person } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { delivery, event, preset, type Told, UNKNOWN, webhook } from "../../helpers/make.ts";

const person = (name: string, given: Partial<Person> & { readonly slack?: string } = {}): Person => ({
	name,
	github: undefined,
	email: undefined,
	handles: new Map(given.slack === undefined ? [] : [["slack", given.slack]]),
	webhook: undefined,
	admin: false,
	...given,
});

const PEOPLE = [
	person("jane", { github: "Jane-Doe", email: "jane@example.com", slack: "U0JANE" }),
	person("joe", { github: "joe", slack: "U0JOE", webhook: parseReference("https://joe.example.com/"), admin: true }),
	person("data-team", { github: "acme/data", slack: "S0DATA" }),
	person("mute"),
	person("quiet", { github: "silent" }),
];
const OWNERS_FILE = "* @joe\n/models/ @acme/data jane@example.com\n/models/raw/\n";

/** Whom a hook's message mentions, and who is left out. */
function mentioned(given: Parameters<typeof webhook>[0], of: Told, file = OWNERS_FILE) {
	const hook = webhook({ preset: preset("slack"), ...given });
	const told = findPeople(PEOPLE, file).mentioning(delivery(hook, event("pipeline_error", of)));
	return [told.hook.options["mention"], ...told.notes];
}

const OWNER = { options: { mention: ["@owner"] } };
const AUTHOR = { options: { mention: "@author" } };

describe("@author", () => {
	it("is whoever started the run, whatever the case of the login", () => {
		expect(mentioned(AUTHOR, { ci: { actor: "jane-doe" } })).toEqual([["U0JANE"]]);
	});

	it("is left out, with a note, where nobody is known", () => {
		expect(mentioned(AUTHOR, { ci: { actor: "octocat" } })).toEqual([
			[],
			"mention @author left out: octocat is not among the people",
		]);
		expect(mentioned(AUTHOR, {})).toEqual([[], "mention @author left out: the event names nobody"]);
		expect(mentioned(AUTHOR, { ci: { actor: "mute" } })).toEqual([
			[],
			"mention @author left out: mute is not among the people",
		]);
		expect(mentioned(AUTHOR, { ci: { actor: "silent" } })).toEqual([
			[],
			"mention @author left out: silent has no slack among the people",
		]);
	});

	it.each(["jane", "data-team", "jane@example.com"])("is nobody whose name or address is the login %s", (actor) => {
		expect(mentioned(AUTHOR, { ci: { actor } })[0]).toEqual([]);
	});

	it("leaves the other mentions as they are, and mentions nobody twice", () => {
		const options = { mention: ["here", " @author ", "@owner", "@authors"] };
		expect(mentioned({ options }, { ci: { actor: "joe" }, owners: ["joe", "jane"] })).toEqual([
			["here", "U0JOE", "U0JANE", "@authors"],
		]);
	});
});

describe("@owner", () => {
	test.each<readonly [string, Told, readonly string[]]>([
		[
			"the owners of the event, by name, login or address",
			{ owners: ["JANE@example.com", "@joe"] },
			["U0JANE", "U0JOE"],
		],
		[
			"the owners of its entity",
			{ entity: { owners: [{ name: "jane" }, { fullyQualifiedName: "joe" }] } },
			["U0JANE", "U0JOE"],
		],
		["its one owner, as OpenMetadata had it", { entity: { owner: { name: "j", displayName: "Jane" } } }, ["U0JANE"]],
		["the owners of the file that it is about", { metadata: { path: "models/orders.sql" } }, ["S0DATA", "U0JANE"]],
		["the owners of several files", { entity: { path: ["models/a.sql", "README"] } }, ["S0DATA", "U0JANE", "U0JOE"]],
		["the owners of the file that its data name", { data: { path: "models/orders.sql" } }, ["S0DATA", "U0JANE"]],
		["who looks after the hook, if nothing else is said", {}, ["U0JANE"]],
		["who looks after the hook, if nobody owns the file", { data: { path: "models/raw/a.sql" } }, ["U0JANE"]],
	])("is %s", (_, of, whom) => {
		expect(mentioned({ ...OWNER, about: { ...UNKNOWN, owner: "jane" } }, of)).toEqual([whom]);
	});

	it("needs no CODEOWNERS", () => {
		expect(mentioned(OWNER, { metadata: { path: "models/a" } }, "")).toEqual([
			[],
			"mention @owner left out: the event names nobody",
		]);
	});

	it("is left out of paths that are too many, with a note", () => {
		const path = Array.from({ length: 1500 }, (_, n) => `models/${n}`);
		expect(mentioned(OWNER, { metadata: { path } })).toEqual([
			["S0DATA", "U0JANE"],
			"owners of 500 of 1500 paths left out: too many to look up in CODEOWNERS",
		]);
	});

	it("has a note for each of the first who are left out, and counts the others", () => {
		const [whom, ...notes] = mentioned(OWNER, { owners: ["jane", ...Array.from({ length: 1000 }, (_, n) => `x${n}`)] });
		expect([whom, notes.length, notes.at(-2), notes.at(-1)]).toEqual([
			["U0JANE"],
			21,
			"mention @owner left out: x19 is not among the people",
			"980 more notes like these",
		]);
	});

	it("is all owners of a batch", () => {
		const events = [
			event("pipeline_error", { owners: ["jane"] }),
			event("pipeline_error", { owners: ["joe", "x"] }),
		] as const;
		const hook = webhook({ preset: preset("slack"), ...OWNER });
		expect(findPeople(PEOPLE, "").mentioning({ hook, events })).toMatchObject({
			hook: { options: { mention: ["U0JANE", "U0JOE"] } },
			notes: ["mention @owner left out: x is not among the people"],
		});
	});
});

describe("a service that takes e-mail addresses", () => {
	it.each([
		["teams", ["jane@example.com"]],
		["google_chat", ["jane@example.com"]],
		["discord", []],
		["telegram", []],
		["mattermost", []],
	])("%s", (name, whom) => {
		expect(mentioned({ ...OWNER, preset: preset(name) }, { owners: ["jane"] })[0]).toEqual(whom);
	});
});

describe("a hook that is sent to the owners", () => {
	const sendTo = ["owners", "admins"] as const;

	it("mentions those who have no webhook", () => {
		expect(mentioned({ sendTo, options: { mention: "here" } }, { owners: ["jane", "joe"] })).toEqual([
			["here", "U0JANE"],
		]);
		expect(mentioned({ sendTo, preset: preset("generic") }, { owners: ["jane"] })).toEqual([
			undefined,
			"one of the owners left out: jane has no webhook, and preset generic mentions nobody",
		]);
	});

	it("has a copy for each who has one, which mentions none of the others", () => {
		const { isFor, mentioning } = findPeople(PEOPLE, OWNERS_FILE);
		const copy = webhook({ preset: preset("slack"), sendTo: ["owners"], copyFor: "joe" });
		const isSent = (of: Told) => isFor(copy, event("pipeline_error", of));
		expect([isSent({ owners: ["JOE"] }), isSent({ owners: ["jane"] }), isSent({ metadata: { path: "x" } })]).toEqual([
			true,
			false,
			true,
		]);
		expect(isFor(webhook({ sendTo }), event())).toBe(true);
		expect(isFor({ ...copy, sendTo: ["admins"] }, event())).toBe(true);
		expect(isFor({ ...copy, sendTo: ["followers"] }, event("pipeline_error", { followers: ["joe"] }))).toBe(true);
		expect(mentioning(delivery(copy, event("pipeline_error", { owners: ["joe", "jane"] }))).hook).toBe(copy);
	});
});

it("looks up once whom many events concern, for all hooks and copies", () => {
	const file = Array.from({ length: 10_000 }, (_, n) => `/services/*-${n}/x.sql @p${n}`).join("\n");
	const { isFor, mentioning } = findPeople(PEOPLE, `* @joe\n${file}`);
	const copies = Array.from({ length: 20 }, () => webhook({ sendTo: ["owners"], copyFor: "joe" }));
	withinCpuTime(4000, () => {
		for (let n = 0; n < 20; n++) {
			const one = event("pipeline_error", { metadata: { path: "services/x/x.sql" } });
			expect(copies.every((copy) => isFor(copy, one))).toBe(true);
			mentioning(delivery(webhook({ preset: preset("slack"), ...OWNER }), one));
		}
	});
});

it("puts whom it finds into the message, and who is left out into its notes", () => {
	const hook = webhook({ preset: preset("slack"), options: { mention: ["@owner", "@author"] } });
	const made = makeMessage(delivery(hook, event("pipeline_error", { owners: ["jane"] })), {}, findPeople(PEOPLE, ""));
	if (!("body" in made)) throw new Error("no message");
	expect(new TextDecoder().decode(made.body)).toContain('"text":"<@U0JANE>"');
	expect(made.notes).toEqual(["mention @author left out: the event names nobody"]);
});
