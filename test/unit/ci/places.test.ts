// Where the config of a run is looked for.
import { describe, expect, it } from "vitest";
import { type ConfigPlace, configPlace } from "../../../src/ci/places.ts";
import type { Untrusted } from "../../../src/model/delivery.ts";
import { fakeClock, fakeFiles } from "../../helpers/fakes.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const ENV = { GITHUB_REPOSITORY: "acme/warehouse", GITHUB_SHA: COMMIT };

interface Given {
	readonly token?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly files?: Readonly<Record<string, string>>;
}

/** The places in turn. */
async function places(untrusted: Untrusted | undefined, given: Given): Promise<readonly ConfigPlace[]> {
	const { token = "ghs_x", env = ENV, files = {} } = given;
	const ci = {
		facts: { provider: "github" },
		runId: "",
		pipeline: "",
		workspace: "/work",
		holdingFolder: undefined,
		secretsWithheld: false,
		untrusted,
	};
	const ports = { env, files: fakeFiles(files), clock: fakeClock() };
	const first = await configPlace(ci, token, ports, new AbortController().signal);
	return first.next === undefined ? [first] : [first, first.next];
}

describe("a trusted run", () => {
	it("looks in the workspace, then through the API where that is no checkout", async () => {
		const found = await places(undefined, {});
		expect(found.map(({ untrusted, isRemote }) => [untrusted, isRemote])).toEqual([
			[undefined, undefined],
			[undefined, true],
		]);
	});

	it.each([{ files: { "/work/.git": "gitdir: x" } }, { token: "" }, { env: {} }, { env: { GITHUB_SHA: COMMIT } }])(
		"looks nowhere else with %j",
		async (given) => {
			expect(await places(undefined, given)).toHaveLength(1);
		},
	);
});

describe("an untrusted run", () => {
	const comment: Untrusted = { event: "issue_comment" };

	it.each([{}, { files: { "/work/.git": "gitdir: x" } }, { token: "" }, { env: {} }])(
		"looks through the API only, with %j",
		async (given) => {
			const found = await places(comment, given);
			expect(found).toHaveLength(1);
			expect(found[0]).toMatchObject({ untrusted: comment, isRemote: true });
			expect(found[0]?.note).toContain("on issue_comment config files are read from ");
		},
	);

	it("tells of a missing config where it was looked for, and keeps the kind of the problem", async () => {
		const [found] = await places(comment, {});
		expect(found?.missing?.(undefined)).toMatchObject({
			code: "config_missing",
			message: expect.stringMatching(/^there is no config file; on issue_comment .* acme\/warehouse at 0123456/),
		});
		expect(found?.missing?.("x.toml").message).toMatch(/^config file x.toml not found; on issue_comment /);
		const [nameless] = await places(comment, { env: {} });
		expect(nameless?.note).toContain(" the repository at its default branch, ");
	});
});
