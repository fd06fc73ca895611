// Where the config of a run is looked for.
import { describe, expect, it } from "vitest";
import type { Exposure } from "../../../src/ci/ci.ts";
import { type ConfigPlace, configPlace } from "../../../src/ci/places.ts";
import { fakeClock, fakeFiles } from "../../helpers/fakes.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const ENV = { GITHUB_REPOSITORY: "acme/warehouse", GITHUB_SHA: COMMIT };

interface Given {
	readonly token?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly files?: Readonly<Record<string, string>>;
	/** What git says, whatever it is asked. */
	readonly head?: string;
}

/** The places in turn. */
async function places(exposure: Exposure | undefined, given: Given): Promise<readonly ConfigPlace[]> {
	const { token = "ghs_x", env = ENV, files = {}, head } = given;
	const ci = {
		facts: { provider: "github" },
		runId: "",
		pipeline: "",
		workspace: "/work",
		holdingFolder: undefined,
		secretsWithheld: false,
	};
	const ports = { env, files: fakeFiles(files), clock: fakeClock(), ask: async () => head };
	const first = await configPlace({ ...ci, exposure }, token, ports, new AbortController().signal);
	return first.next === undefined ? [first] : [first, first.next.place];
}

describe("a run that only those trigger who may write", () => {
	it("looks in the workspace, then by the API where that is no checkout", async () => {
		const found = await places(undefined, {});
		expect(found.map(({ next, untrusted }) => [next?.on, untrusted])).toEqual([
			["config_missing", undefined],
			[undefined, undefined],
		]);
	});

	it.each([{ files: { "/work/.git": "gitdir: x" } }, { token: "" }, { env: {} }, { env: { GITHUB_SHA: COMMIT } }])(
		"looks nowhere else with %j",
		async (given) => {
			expect(await places(undefined, given)).toHaveLength(1);
		},
	);
});

describe("a run that anybody triggers", () => {
	const comment: Exposure = { event: "issue_comment", checkoutCounts: true };
	const target: Exposure = { event: "pull_request_target", checkoutCounts: false };

	it.each([
		["another HEAD", comment, { head: "f".repeat(40) }, "is no checkout of 0123456, so that it may hold"],
		["no git", comment, {}, "is no checkout of 0123456, so that it may hold"],
		["no commit of its own", comment, { env: {}, head: "" }, "is no checkout of "],
		["pull_request_target, even at its commit", target, { head: COMMIT }, "may hold a stranger's code"],
	])("looks by the API only: %s", async (_, exposure, given, why) => {
		const found = await places(exposure, { files: { "/work/.git": "" }, ...given });
		expect(found).toHaveLength(1);
		expect(found[0]?.untrusted).toEqual({ event: exposure.event, why: expect.stringContaining(why) });
		expect(found[0]?.note).toContain(`on ${exposure.event} config files are read from `);
	});

	it("looks in a checkout of its commit, then by the API, and trusts the workspace no more", async () => {
		const found = await places(comment, { head: COMMIT });
		expect(found.map(({ next, untrusted }) => [next?.on, untrusted?.why])).toEqual([
			["config_unreadable", undefined],
			[undefined, expect.stringContaining("the config in the workspace is not that of 0123456")],
		]);
	});

	it("tells of a missing config where it was looked for, and keeps the kind of the problem", async () => {
		const [found] = await places(target, {});
		expect(found?.missing?.(undefined)).toMatchObject({
			code: "config_missing",
			message: expect.stringMatching(/^there is no config file; on pull_request_target .* acme\/warehouse at 0123456/),
		});
		expect(found?.missing?.("x.toml").message).toMatch(/^config file x.toml is not there; on pull_request_target /);
	});
});
