/**
 * The rules of architecture that hold in every module, as each module's {@code ArchitectureTest}
 * checks them. For tests only; depends on no other module.
 */
package io.stillstream.architecture;
