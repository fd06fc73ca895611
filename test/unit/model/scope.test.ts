// The scope of a record: the same config is found again, and another project's is not taken for it.
import { expect, it } from "vitest";
import { belongsTo, type ConfigPlace, scopeOf } from "../../../src/model/scope.ts";

const place = (file: string, workspace: string, repository?: string): ConfigPlace => ({ file, workspace, repository });
const JOB = place(".github/hooks.toml", "/runner/work/shop", "acme/shop");

it.each([
	["the same job on another runner", JOB, place(".github/hooks.toml", "/other/shop", "acme/shop"), true],
	["the file in another folder of the repository", JOB, place("hooks.toml", "/home/me/shop", "acme/shop"), true],
	["another repository", JOB, place(".github/hooks.toml", "/runner/work/shop", "acme/bank"), false],
	["another file", JOB, place(".github/own.toml", "/runner/work/shop", "acme/shop"), false],
	["a repository, for who has no checkout", JOB, place("/etc/hooks.toml", "/", undefined), true],
	["a folder, for a job of a repository", place("/etc/hooks.toml", "/", undefined), JOB, false],
	["two folders without a repository", place("hooks.toml", "/p1"), place("hooks.toml", "/p2"), false],
	["one folder, named from elsewhere", place("hooks.toml", "/p1"), place("p1/hooks.toml", "/"), true],
	["one folder, named in full", place("hooks.toml", "/p1"), place("/p1/hooks.toml", "/tmp"), true],
])("of %s", (_, one, other, isSame) => {
	expect(belongsTo(scopeOf(one), scopeOf(other))).toBe(isSame);
});

it("shows neither the file nor where it is", () => {
	expect(scopeOf(JOB)).toMatch(/^[0-9a-f]{16}:repository:[0-9a-f]{16}$/);
});
