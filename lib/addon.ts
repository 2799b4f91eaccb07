/**
 * For programs that bring the native addon themselves, such as a bundle or a single executable: `afnetlink/addon/linux-x64`
 * and its like call {@link registerAddon} for the file of one platform.
 *
 * @module
 */
export { registerAddon } from './native/registered.js';
