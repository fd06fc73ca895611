// The links of a message.
import { describe, expect, it } from "vitest";
import { fittingLinks, linksOf, webAddress } from "../../../src/presets/links.ts";
import { event } from "../../helpers/make.ts";

const RUN = "https://github.com/acme/shop/actions/runs/42";
const SHA = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b";

describe("the links of an event", () => {
	it("lead to the job, the run, the pull request and the commit", () => {
		const ci = { run_url: `${RUN}/attempts/2`, job_url: `${RUN}/job/7`, pull_request: 12, commit: SHA };
		expect(linksOf(event("ping", { ci }).context, [])).toEqual([
			{ text: "View job", url: `${RUN}/job/7` },
			{ text: "View run", url: `${RUN}/attempts/2` },
			{ text: "Pull request #12", url: "https://github.com/acme/shop/issues/12" },
			{ text: "Commit 1a2b3c4", url: `https://github.com/acme/shop/commit/${SHA}` },
		]);
	});

	it("lead nowhere that is not known", () => {
		const ci = { run_url: "https://ci.example/runs/1", pull_request: 12, commit: SHA };
		expect(linksOf(event("ping", { ci }).context, [])).toEqual([
			{ text: "View run", url: "https://ci.example/runs/1" },
		]);
		expect(linksOf(event("ping", { ci: { run_url: RUN, commit: "main" } }).context, [])).toHaveLength(1);
		expect(linksOf(event("ping").context, [])).toEqual([]);
	});

	it("leave out one that is too long, and say so", () => {
		const notes: string[] = [];
		expect(fittingLinks([["View run", `https://ci.example/${"x".repeat(500)}`]], notes)).toEqual([]);
		expect(notes).toEqual(['link "View run" left out: longer than 500 characters']);
	});
});

describe("the address of a link", () => {
	it.each([
		["https://ci.example/a(b)|c", "https://ci.example/a%28b%29%7Cc"],
		["https://ci.example/a%20b%%%", "https://ci.example/a%20b%25%25%25"],
		["https://ci.example/@all?`a`\\_b", "https://ci.example/%40all?%60a%60%5C_b"],
		["https://octocat:s3cret@ci.example/1", "https://ci.example/1"],
		["HTTP://CI.example", "http://ci.example/"],
		["javascript:alert(1)", undefined],
		["ci.example/1", undefined],
	])("%j is %j", (given, link) => {
		expect(webAddress(given)).toBe(link);
	});
});
