# SPDX-License-Identifier: Apache-2.0
# Compares sums of squared one-step errors and forecasts with R's own HoltWinters (package
# stats): simple exponential smoothing and additive Holt-Winters, with the constants and start
# values of crm/stats/model.h.
#
# Standard input, from test_forecast.c, one series a line:
#   model alpha beta gamma squares horizon f1 ... fh n y1 ... yn
# Prints what differs; exit status 1 when anything does.

close_to <- function(a, b, slack = 0) abs(a - b) <= slack + 1e-9 * max(1, abs(a), abs(b))

# HoltWinters leaves out the first month, or year: one is put before the series.
ses <- function(y, a) {
    HoltWinters(ts(c(0, y)), alpha = a, beta = FALSE, gamma = FALSE,
                l.start = mean(head(y, 6)))
}

winters <- function(y, a, b, c) {
    years <- matrix(head(y, 12 * (length(y) %/% 12)), nrow = 12)
    level <- mean(years[, 1])
    HoltWinters(ts(c(rep(0, 12), y), frequency = 12), alpha = a, beta = b, gamma = c,
                seasonal = "additive", l.start = level,
                b.start = (mean(years[, 2]) - level) / 12,
                s.start = rowMeans(sweep(years, 2, colMeans(years))))
}

wrong <- 0
count <- 0
input <- file("stdin")
lines <- readLines(input)
close(input)
for (line in lines) {
    words <- strsplit(line, " ")[[1]]
    numbers <- as.numeric(words[-1])
    horizon <- numbers[5]
    given <- numbers[6:(5 + horizon)]
    y <- tail(numbers, numbers[6 + horizon])
    fitted <- if (words[1] == "ses") ses(y, numbers[1])
              else winters(y, numbers[1], numbers[2], numbers[3])
    expected <- pmax(0, as.numeric(predict(fitted, horizon)))
    count <- count + 1
    if (!close_to(fitted$SSE, numbers[4])) {
        cat(words[1], length(y), "months: squares", numbers[4], "should be", fitted$SSE, "\n")
        wrong <- wrong + 1
    }
    for (h in seq_len(horizon))
        if (!close_to(given[h], expected[h], 0.5000001)) {
            cat(words[1], length(y), "months: month", h, given[h], "should be", expected[h], "\n")
            wrong <- wrong + 1
        }
}
cat(count, "series compared with", R.version.string, "-", wrong, "differences\n")
quit(status = if (wrong > 0 || count == 0) 1 else 0)
