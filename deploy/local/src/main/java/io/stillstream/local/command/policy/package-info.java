/** The subcommands about augmentation policies and the views that they make. */
package io.stillstream.local.command.policy;
