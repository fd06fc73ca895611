// package-lock.json installs everywhere, and nothing but what was locked.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

interface Entry {
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly integrity?: string;
}

const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
	await readFile("package-lock.json", "utf8"),
);

it("holds every optional dependency: `npm ci` refuses one that leaves out those of another platform", () => {
	const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
	expect(wanted.filter((name) => !Object.hasOwn(lock.packages, `node_modules/${name}`))).toEqual([]);
});

it("names no server, so that it installs from any", () => {
	expect(JSON.stringify(lock)).not.toMatch(/"resolved":/);
});

it("has the hash of every package, also of those for other platforms, which npm leaves out where it installs none", () => {
	const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
	const unproved = packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""));
	expect(packages.length).toBeGreaterThan(200);
	expect(unproved.map(([path]) => path)).toEqual([]);
});
