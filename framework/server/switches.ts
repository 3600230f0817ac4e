/** Which entries of the catalog are disabled, for all processes of an app and for those that start later. */
export interface Switches {
  /** Keys of what is disabled. */
  disabled(): Promise<readonly string[]>;
  set(key: string, isDisabled: boolean): Promise<void>;
}
