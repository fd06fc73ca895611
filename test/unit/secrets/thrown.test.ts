// How anything thrown is told, and what of it is not shown.
import { expect, test } from "vitest";
import { UserError } from "../../../src/model/problem.ts";
import { problemsOf } from "../../../src/secrets/thrown.ts";

const env = { SLACK: "https://hooks.example.com/T0000ABCDEFGH", PATH: "/usr/local/bin" };

test("an error of this program keeps its place, and loses what may be secret of its message and its stack", () => {
	const error = new TypeError("cannot send to https://hooks.example.com/T0000ABCDEFGH from /usr/local/bin");
	const [problem] = problemsOf(error, env);
	expect(problem).toMatchObject({
		code: "internal",
		message: "internal error: cannot send to https://hooks.example.com*** from /usr/local/bin",
		remedy: "this is a bug in pipeline-hooks; please report it with these lines",
	});
	expect(problem.frame).toContain("TypeError: cannot send to https://hooks.example.com*** from /usr/local/bin\n");
	expect(problem.frame).toMatch(/thrown\.test\.ts:\d+:\d+/);
});

test("what the system refused is not called a bug", () => {
	const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
		code: "ENOSPC",
		syscall: "write",
	});
	expect(problemsOf(error, env)[0].remedy).toBe(
		"the system refused it with ENOSPC; if it should not have, please report it with these lines",
	);
});

test.each([
	{ code: "ENOSPC" },
	{ code: "ERR_STREAM", syscall: "write" },
	{ code: "XENOSPC", syscall: "write" },
	{ syscall: "x" },
])("an error is a bug without a code of the system: %j", (more) => {
	expect(problemsOf(Object.assign(new Error("x"), more), env)[0].remedy).toMatch(/^this is a bug/);
});

test("what is not an Error is told as well", () => {
	expect(problemsOf("thrown as text", env)[0].message).toBe("internal error: thrown as text");
});

test("an error of the user loses what variables with telling names or with URLs hold, and nothing else", () => {
	const known = {
		...env,
		DB_PASSWORD: "hunter2",
		REGION: "eu-central-1",
		API_TOKEN: "true",
		CI_TOKEN_URL: "x",
		PWD: "/etc",
	};
	const place = { file: "hooks.toml", line: 1, column: 1 };
	const told = (secret: string, password: string) => ({
		code: "input" as const,
		message: `config file /etc/${secret}/true is not there in eu-central-1`,
		remedy: `correct ${password}`,
		frame: `> 1 | ${password}\n    | ^`,
		place,
	});
	const second = { code: "event" as const, message: "unknown event", remedy: "" };
	const thrown = new UserError(told("T0000ABCDEFGH", "hunter2"), second);
	expect(problemsOf(thrown, known)).toEqual([told("***", "***"), second]);
});
