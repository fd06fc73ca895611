// The line of a new commit, as Arraylake writes it, and where messages have it as their headline.
import { expect, it } from "vitest";
import { vocabulary } from "../../../src/model/catalog.ts";
import { commitLine } from "../../../src/presets/commit-line.ts";
import { headline } from "../../../src/presets/headline.ts";
import { event } from "../../helpers/make.ts";

const data = { repo: "earthmover/ocean", repo_name: "ocean", commit: "abc123", branch: "main" };
const LINE = "New commit abc123 in repository earthmover/ocean on branch main.";

it("is the line of Arraylake's page", () => {
	expect(commitLine(event("commit", { data }).context, (_, text) => text)).toBe(LINE);
});

it("names each part that it writes, and leaves out what is not known", () => {
	const parts: string[] = [];
	const write = (what: string, text: string) => `${parts.push(what)}:${text}`;
	expect(commitLine(event("commit", { data }).context, write)).toBe(
		"New commit 1:abc123 in repository 3:earthmover/ocean on branch 2:main.",
	);
	expect(parts).toEqual(["commit", "branch", "repository"]);
	const unknown = event("commit", { pipeline: "etl", data: { repo: 7, commit: " ", branch: null } });
	expect(commitLine(unknown.context, (_, text) => text)).toBe("New commit in repository etl.");
});

it("is the headline of a commit in every message, unless its status or its title is another one", () => {
	expect(headline(event("commit", { data }))).toBe(LINE);
	expect(headline(event("NewCommit", { data }))).toBe(LINE);
	expect(headline(event("commit", { data, status: "failure" }))).not.toContain("abc123");
	const commit = vocabulary().find("commit");
	if (commit === undefined) throw new Error("no such event");
	const retitled = { ...event("commit", { data }), definition: { ...commit, title: "Data has arrived" } };
	expect(headline(retitled)).toBe("Data has arrived: etl");
});
