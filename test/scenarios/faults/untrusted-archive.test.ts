// An archive of a pull request, unpacked where nothing was checked out: it may bring a repository of its own making.
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Exposed, exposed, PATH, refused } from "../../helpers/exposed.ts";
import { type Repository, repository, writeTree } from "../../helpers/repository.ts";
import { workspace } from "../../helpers/runner.ts";

const NO_CHECKOUT = "refused on workflow_run: the workspace is no checkout of";
const OTHER_CONFIG = "refused on workflow_run: the config in the workspace is not that of";

type Pack = (folder: string, stage: Exposed, theirs: Repository) => void;

/** What the archive holds besides a config of the stranger's; `theirs` is a repository whose only commit has that. */
const ARCHIVES: readonly (readonly [name: string, why: string, pack: Pack])[] = [
	["nothing", NO_CHECKOUT, () => {}],
	[
		"a bare repository at the base commit",
		NO_CHECKOUT,
		(folder, { repo }) => cpSync(join(repo.folder, ".git"), folder, { recursive: true }),
	],
	[
		"a HEAD that names the base commit",
		OTHER_CONFIG,
		(folder, { base }) => {
			writeTree(folder, { ".git/HEAD": `${base}\n`, ".git/objects/info/x": "", ".git/refs/x": "" });
		},
	],
	["the repository at the base commit", OTHER_CONFIG, (folder, { repo }) => copyGit(repo, folder)],
	[
		"a commit of theirs under the base commit's id",
		OTHER_CONFIG,
		(folder, { repo }, theirs) => {
			copyGit(theirs, folder);
			copyObject(theirs, "HEAD", folder, repo, "HEAD");
			writeFileSync(join(folder, ".git/HEAD"), repo.git("rev-parse", "HEAD"));
		},
	],
	[
		"a tree of theirs under the base tree's id",
		OTHER_CONFIG,
		(folder, { repo }, theirs) => {
			copyGit(repo, folder);
			copyGit(theirs, folder, "objects");
			copyObject(theirs, "HEAD^{tree}", folder, repo, "HEAD^{tree}");
		},
	],
	[
		"a replacement of the base commit",
		OTHER_CONFIG,
		(folder, { repo, base }, theirs) => {
			copyGit(repo, folder);
			copyGit(theirs, folder, "objects");
			writeTree(folder, { [`.git/refs/replace/${base}`]: theirs.git("rev-parse", "HEAD") });
		},
	],
];

function copyGit(from: Repository, folder: string, what = ""): void {
	cpSync(join(from.folder, ".git", what), join(folder, ".git", what), { recursive: true });
}

/** Puts an object under the id of another repository's. */
function copyObject(from: Repository, what: string, folder: string, target: Repository, name: string): void {
	const path = (repo: Repository, revision: string) => {
		const id = repo.git("rev-parse", revision);
		return join(".git/objects", id.slice(0, 2), id.slice(2));
	};
	const copy = join(folder, path(target, name));
	rmSync(copy, { force: true });
	cpSync(join(from.folder, path(from, what)), copy);
}

describe("fault 39: an archive of a pull request, unpacked where nothing was checked out, cannot pass for the base", () => {
	it.each(ARCHIVES)("with %s in it", async (_, why, pack) => {
		const stage = await exposed();
		const folder = workspace({ [PATH]: stage.strangers });
		const theirs = repository();
		theirs.commit({ [PATH]: stage.strangers });
		pack(folder, stage, theirs);
		expect(await stage.fire("workflow_run", { workspace: folder })).toMatchObject(refused(why));
		expect([stage.sent(), stage.ran(), stage.api.requests.length]).toEqual([["base"], [], 1]);
	});

	it("and no program that its git settings name is run", async () => {
		const { base, strangers, fire } = await exposed();
		const marks = workspace();
		const touch = (name: string) => `touch ${join(marks, name)}`;
		const urls = [
			`ext::sh -c touch% ${join(marks, "ext")}`,
			"ssh://host.invalid/x",
			"host.invalid:x",
			`file://${marks}`,
		];
		for (const url of urls) {
			const settings = `[core]
	repositoryformatversion = 1
	fsmonitor = "${touch("fsmonitor")}"
	sshCommand = "${touch("ssh")}"
	pager = "${touch("pager")}"
	alternateRefsCommand = "${touch("alternates")}"
[pager]
	rev-parse = "${touch("pager")}"
	cat-file = "${touch("pager")}"
[alias]
	rev-parse = "!${touch("alias")}"
[extensions]
	partialClone = theirs
[remote "theirs"]
	url = "${url}"
	uploadpack = "${touch("uploadpack")}"
	promisor = true
[protocol]
	allow = always
${["ext", "ssh", "file"].map((protocol) => `[protocol "${protocol}"]\n\tallow = always\n`).join("")}`;
			const git = { ".git/HEAD": `${base}\n`, ".git/objects/info/x": "", ".git/refs/x": "", ".git/config": settings };
			const folder = workspace({ [PATH]: strangers, ...git });
			expect(await fire("workflow_run", { workspace: folder })).toMatchObject(refused(OTHER_CONFIG));
		}
		const names = ["ext", "ssh", "fsmonitor", "pager", "alternates", "alias", "uploadpack"];
		expect(names.filter((name) => existsSync(join(marks, name)))).toEqual([]);
	});
});
