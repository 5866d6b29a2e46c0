# SPDX-License-Identifier: Apache-2.0
# Draws the .dat files of table.py: gnuplot -e "folder = 'DIR'" bench/plot.gp
set terminal pngcairo size 1400, 600 noenhanced
set datafile missing '?'
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.8
set logscale y
set grid ytics
set key outside top horizontal
set xtics rotate by -30
do for [kind in 'wire local'] {
	do for [what in 'rate p50 p99'] {
		data = folder . '/' . kind . '_' . what . '.dat'
		if (system('test -s "' . data . '" && echo yes') eq 'yes') {
			set output folder . '/' . kind . '_' . what . '.png'
			set ylabel what eq 'rate' ? 'operations per second' : what . ', µs'
			columns = int(system('awk "NR == 1 { print NF }" "' . data . '"'))
			plot for [i = 2:columns] data using i:xtic(1) title columnheader(i)
		}
	}
}
