import { InvalidArgumentError } from 'commander';
import type { Settings } from '../run/settings';

/** Adds a handler's setting `name=value` from the command line to those given before it. */
export function addSetting(text: string, before: Settings = {}): Settings {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('It must be a name and a value, such as perHost=16.');
  }
  return { ...before, [name]: value };
}
