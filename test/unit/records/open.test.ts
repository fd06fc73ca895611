// The store of git where a job runs: the repository of the run, by git or through GitHub's API.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { NETWORK } from "../../../src/net/network.ts";
import { recordsOf } from "../../../src/records/open.ts";
import { gitIn } from "../../helpers/git-records.ts";
import { githubGit } from "../../helpers/github-git.ts";
import { started } from "../../helpers/net.ts";
import { good, record } from "../../helpers/records.ts";
import { workspace } from "../../helpers/runner.ts";
import { startServer } from "../../helpers/server.ts";

const opened = (env: Readonly<Record<string, string>>, token = "t", url?: string) =>
	recordsOf({
		store: {
			kind: "git",
			path: undefined,
			url: url === undefined ? undefined : parseReference(url),
			schedule: [60_000],
		},
		workspace: "/",
		isUntrusted: false,
		env: { GITHUB_REPOSITORY: "acme/shop", GITHUB_SERVER_URL: "https://github.invalid", ...env },
		token,
		network: NETWORK,
		create: true,
		leave: () => {},
	});

it("is asked through GitHub's API where there is no git", async () => {
	const repository = workspace();
	gitIn(repository, ["init", "-q", "--bare"]);
	const url = await started(createServer(githubGit(repository, "t")));
	const store = opened({ PATH: "/nowhere", GITHUB_API_URL: url });
	expect(await store.put([record("1")])).toBeUndefined();
	expect(good(await store.list({})).records.map((each) => each.record.id)).toEqual(["1"]);
	expect(gitIn(repository, ["for-each-ref", "--format=%(refname)"])).toMatch(
		/^refs\/pipeline-hooks\/v1\/[0-9a-f]{32}$/,
	);
	await store.close();
});

it.each([
	["without a token", "", undefined],
	["that is another repository", "t", "https://elsewhere.invalid/a/b"],
])("is not asked through the API %s", async (_, token, url) => {
	const server = await startServer({ status: 200, body: "[]" });
	const store = opened({ PATH: "/nowhere", GITHUB_API_URL: server.url }, token, url);
	expect(await store.list({})).toMatchObject({ problem: "git was not found: install it, or use another store" });
	expect(server.requests).toEqual([]);
});

it("is no file of a workspace that a stranger may have written, but one outside of it", async () => {
	const folder = workspace();
	const open = (path: string | undefined) =>
		recordsOf({
			store: { kind: "sqlite", path, url: undefined, schedule: [60_000] },
			workspace: join(folder, "checkout"),
			isUntrusted: true,
			env: {},
			token: "",
			network: NETWORK,
			create: true,
			leave: () => {},
		});
	for (const path of [undefined, "state.db", "../checkout/x/state.db"]) {
		expect(await open(path).list({})).toEqual({ problem: expect.stringContaining("a stranger's files") });
	}
	const outside = open("../own/state.db");
	expect(await outside.list({})).toEqual({ records: [], invalid: 0 });
	await outside.close();
});

it("is no repository in a workspace that a stranger may have written, whose hooks git would run", async () => {
	const folder = workspace();
	for (const name of ["checkout/evil.git", "own.git"]) gitIn(folder, ["init", "-q", "--bare", name]);
	symlinkSync(join(folder, "checkout"), join(folder, "link"));
	writeFileSync(join(folder, "checkout/evil.git/hooks/pre-receive"), `#!/bin/sh\ntouch ${join(folder, "ran")}\n`, {
		mode: 0o755,
	});
	const put = async (url: string) => {
		const store = recordsOf({
			store: { kind: "git", path: undefined, url: parseReference(join(folder, url)), schedule: [60_000] },
			workspace: join(folder, "checkout"),
			isUntrusted: true,
			env: { PATH: process.env["PATH"] },
			token: "",
			network: NETWORK,
			create: true,
			leave: () => {},
		});
		const failure = await store.put([record("1")]);
		await store.close();
		return failure?.problem;
	};
	for (const url of ["checkout/evil.git", "link/evil.git", "own.git/../checkout/evil.git"]) {
		expect(await put(url)).toContain("a stranger's files");
	}
	expect(existsSync(join(folder, "ran"))).toBe(false);
	expect(await put("own.git")).toBeUndefined();
});

it("is kept out of Git where nobody has chosen its place, and makes no file of ours elsewhere", async () => {
	const folder = workspace();
	for (const path of [undefined, "own/state.db"]) {
		const store = recordsOf({
			store: { kind: "sqlite", path, url: undefined, schedule: [60_000] },
			workspace: folder,
			isUntrusted: false,
			env: {},
			token: "",
			network: NETWORK,
			create: true,
			leave: () => {},
		});
		await store.list({});
		await store.close();
	}
	expect(readFileSync(join(folder, ".pipeline-hooks/.gitignore"), "utf8")).toBe("*\n");
	expect(existsSync(join(folder, "own/state.db"))).toBe(true);
	expect(existsSync(join(folder, "own/.gitignore"))).toBe(false);
});
