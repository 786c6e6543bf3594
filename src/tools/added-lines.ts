import type { RepositoryLine } from "../ports/repository.ts";

/** Marks a commit's line in the output of `git log`; no line of a diff starts with it. */
export const commitMark = "\u0001";

interface AddedLineReader {
  read(outputLine: string): void;
  readonly commits: number;
  readonly files: number;
}

/**
 * Reads `git log -p --format=<mark>%H`, ordinary and combined diffs (git-diff documentation), and passes on what
 * commits added. Inside a hunk each line starts with its columns of blank, plus and minus, so nothing in a file
 * can be taken for a header.
 */
export function createAddedLineReader(see: (line: RepositoryLine) => void): AddedLineReader {
  let commits = 0;
  let files = 0;
  let commit = "";
  let file = "";
  /** 0 outside a hunk, else how many parents its lines are compared with. */
  let parents = 0;
  let line = 0;
  return {
    get commits() {
      return commits;
    },
    get files() {
      return files;
    },
    read(text) {
      if (text.startsWith(commitMark)) {
        commit = text.slice(commitMark.length);
        commits += 1;
        parents = 0;
      } else if (text.startsWith("diff ")) {
        files += 1;
        parents = 0;
      } else if (text.startsWith("@@")) {
        const hunk = /^(@@+) .*\+(\d+)(?:,\d+)? @@/.exec(text);
        parents = (hunk?.[1]?.length ?? 1) - 1;
        line = Number(hunk?.[2] ?? 0);
      } else if (parents === 0) {
        if (text.startsWith("+++ ")) file = parsePath(text.slice(4));
      } else {
        const columns = text.slice(0, parents);
        if (columns.includes("-") || text.startsWith("\\")) return;
        if (columns.includes("+")) see({ file, line, text: text.slice(parents), commit });
        line += 1;
      }
    },
  };
}

/** `b/name`, in quotes with C escapes when it holds control characters; a tab follows a name with blanks. */
function parsePath(text: string): string {
  const name = text.replace(/\t$/, "").replace(/^"(.*)"$/, "$1");
  return name.startsWith("b/") ? name.slice(2) : name;
}
