.LBB9_11:
	vmovupd	(%rcx,%rbp,8), %ymm4
	vmovupd	912(%rsp), %ymm5
	vmovupd	848(%rsp), %ymm8
	vmovupd	688(%rsp), %ymm14
	vmovupd	496(%rsp), %ymm2
	vmovupd	624(%rsp), %ymm12
	vmovupd	528(%rsp), %ymm15
	vmovupd	1008(%rsp), %ymm3
	vfmadd213pd	-64(%rsp), %ymm4, %ymm5
	vfmadd213pd	880(%rsp), %ymm4, %ymm8
	vandpd	64(%rsp), %ymm5, %ymm7
	vcmpltpd	816(%rsp), %ymm7, %ymm0
	vmovapd	%ymm12, %ymm11
	vmovapd	%ymm15, %ymm10
	vfmadd213pd	%ymm6, %ymm5, %ymm8
	vmovupd	720(%rsp), %ymm5
	vmovupd	%ymm0, 240(%rsp)
	vblendvpd	%ymm0, %ymm8, %ymm7, %ymm0
	vmovupd	752(%rsp), %ymm7
	vfmadd213pd	784(%rsp), %ymm4, %ymm7
	vmovupd	%ymm0, 944(%rsp)
	vmovupd	-96(%rsp), %ymm0
	vmaxpd	%ymm7, %ymm0, %ymm7
	vmovupd	-96(%rsp), %ymm0
	vminpd	%ymm7, %ymm5, %ymm8
	vmovapd	%ymm14, %ymm7
	vfmsub213pd	%ymm2, %ymm8, %ymm7
	vaddpd	%ymm2, %ymm7, %ymm1
	vfmadd231pd	32(%rsp), %ymm1, %ymm8
	vfmadd231pd	(%rsp), %ymm1, %ymm8
	vfmadd213pd	144(%rsp), %ymm8, %ymm11
	vmulpd	%ymm8, %ymm8, %ymm1
	vaddpd	%ymm6, %ymm8, %ymm9
	vfmadd213pd	%ymm13, %ymm8, %ymm10
	vfmadd213pd	%ymm9, %ymm1, %ymm11
	vmovupd	208(%rsp), %ymm9
	vfmadd213pd	-32(%rsp), %ymm8, %ymm9
	vfmadd213pd	%ymm10, %ymm1, %ymm9
	vmovupd	336(%rsp), %ymm10
	vfmadd213pd	176(%rsp), %ymm8, %ymm10
	vfmadd213pd	304(%rsp), %ymm3, %ymm8
	vfmadd213pd	%ymm10, %ymm1, %ymm8
	vmulpd	%ymm1, %ymm1, %ymm1
	vmovupd	944(%rsp), %ymm10
	vfmadd213pd	%ymm9, %ymm1, %ymm8
	vfmadd213pd	%ymm11, %ymm1, %ymm8
	vpsllq	$52, %ymm7, %ymm1
	vpaddq	272(%rsp), %ymm1, %ymm1
	vmovupd	336(%rsp), %ymm11
	vmulpd	%ymm1, %ymm8, %ymm8
	vmovupd	432(%rsp), %ymm1
	vmulpd	-64(%rsp), %ymm8, %ymm8
	vfmadd213pd	464(%rsp), %ymm1, %ymm4
	vmaxpd	%ymm4, %ymm0, %ymm1
	vmovupd	560(%rsp), %ymm0
	vminpd	%ymm1, %ymm5, %ymm4
	vfmsub213pd	%ymm2, %ymm4, %ymm14
	vaddpd	%ymm2, %ymm14, %ymm1
	vfmadd231pd	32(%rsp), %ymm1, %ymm4
	vmovupd	144(%rsp), %ymm2
	vfmadd231pd	(%rsp), %ymm1, %ymm4
	vfmadd213pd	176(%rsp), %ymm4, %ymm11
	vfmadd213pd	%ymm2, %ymm4, %ymm12
	vmulpd	%ymm4, %ymm4, %ymm1
	vaddpd	%ymm6, %ymm4, %ymm9
	vfmadd213pd	%ymm13, %ymm4, %ymm15
	vfmadd213pd	%ymm9, %ymm1, %ymm12
	vmovupd	208(%rsp), %ymm9
	vfmadd213pd	-32(%rsp), %ymm4, %ymm9
	vfmadd213pd	304(%rsp), %ymm3, %ymm4
	vmovupd	240(%rsp), %ymm3
	vfmadd213pd	%ymm15, %ymm1, %ymm9
	vfmadd213pd	%ymm11, %ymm1, %ymm4
	vmulpd	%ymm1, %ymm1, %ymm1
	vfmadd213pd	%ymm9, %ymm1, %ymm4
	vmovupd	400(%rsp), %ymm9
	vfmadd213pd	%ymm12, %ymm1, %ymm4
	vpsllq	$52, %ymm14, %ymm1
	vpaddq	272(%rsp), %ymm1, %ymm1
	vmulpd	%ymm1, %ymm4, %ymm1
	vmulpd	%ymm1, %ymm1, %ymm4
	vmulpd	%ymm4, %ymm4, %ymm4
	vmulpd	%ymm4, %ymm4, %ymm7
	vmulpd	976(%rsp), %ymm4, %ymm4
	vfmadd213pd	%ymm6, %ymm7, %ymm9
	vandpd	64(%rsp), %ymm9, %ymm9
	vblendvpd	%ymm3, %ymm6, %ymm9, %ymm5
	vfmadd213pd	%ymm10, %ymm5, %ymm8
	vmulpd	%ymm0, %ymm8, %ymm9
	vfmadd231pd	%ymm2, %ymm9, %ymm5
	vmovupd	256(%rcx,%rbp,8), %ymm2
	vmovupd	%ymm1, 3584(%rcx,%rbp,8)
	vmovupd	368(%rsp), %ymm1
	vmovupd	%ymm7, 3840(%rcx,%rbp,8)
	vmaxpd	%ymm9, %ymm5, %ymm5
	vdivpd	%ymm5, %ymm6, %ymm5
	vfmsub213pd	%ymm10, %ymm2, %ymm8
	vfmadd213pd	%ymm6, %ymm7, %ymm1
	vmulpd	%ymm0, %ymm8, %ymm8
	vmulpd	%ymm1, %ymm4, %ymm4
	vfnmadd213pd	%ymm2, %ymm8, %ymm5
	vmovupd	%ymm5, 4096(%rcx,%rbp,8)
	vmovupd	%ymm1, 4352(%rcx,%rbp,8)
	vaddpd	%ymm6, %ymm4, %ymm1
	vmovupd	%ymm4, 4608(%rcx,%rbp,8)
	vmovupd	%ymm1, 4864(%rcx,%rbp,8)
	vmulpd	%ymm1, %ymm0, %ymm1
	vmovupd	%ymm1, 5120(%rcx,%rbp,8)
	vmovupd	%ymm5, 256(%rcx,%rbp,8)
	addq	$4, %rbp
	cmpq	%rbp, %r10
	jne	.LBB9_11
	movabsq	$.LCPI9_6, %rdx
	movabsq	$.LCPI9_1, %r14
	movabsq	$.LCPI9_35, %r12
	movabsq	$.LCPI9_34, %r8
	movabsq	$.LCPI9_33, %r9
	movabsq	$.LCPI9_10, %r11
	movabsq	$.LCPI9_0, %rbx
	movabsq	$.LCPI9_28, %r13
	movabsq	$.LCPI9_22, %rbp
	vmovapd	%ymm0, %ymm8
	cmpq	%r10, %rax
	je	.LBB9_21