import pc from 'picocolors'

/** Colours for the story: on a terminal whose owner has not declined them, and nowhere else, continuous integration included. */
export const colors = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR)
