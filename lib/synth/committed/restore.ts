import { messageOf } from '../../command-error';
import { type GitPlace, git, gitPlaceOf } from './git';

/**
 * Puts back the files of a folder that are gone, as git's index has them, without touching the index.
 *
 * @returns what a person should know about it, a sentence
 */
export function restore(folder: string): string {
  const emptied = `${folder}: cdk8s-cli emptied it before this program failed`;
  const place = gitPlaceOf(folder);
  const why = place === undefined ? 'it lies in no git work tree' : restoreIn(place);
  return why === undefined
    ? `${emptied}; its files are back as git's index has them.`
    : `${emptied}, and ${why}. \`npx capstan synth\` writes nothing when it fails.`;
}

function restoreIn({ root, path }: GitPlace): string | undefined {
  try {
    const gone = git(root, ['ls-files', '-d', '-z', '--', `:(top,literal)${path}`]);
    if (gone.length === 0) return 'git knows no files of it';
    git(root, ['checkout-index', '-q', '-z', '--stdin'], gone.toString());
    return undefined;
  } catch (error) {
    return `git says "${messageOf(error)}"`;
  }
}
